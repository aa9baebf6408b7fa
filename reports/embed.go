// Package reports holds what every page is made of: templates, style sheet,
// bootstrap script and the pinned Apache ECharts build with its licence. It
// holds no output and no code beyond the embedding.
package reports

import "embed"

// Templates are the html/template files.
//
//go:embed *.html.tmpl
var Templates embed.FS

// Style is the style sheet of every page.
//
//go:embed style.css
var Style string

// App is the bootstrap script: it draws the options a page carries, and is
// the only place with formatters.
//
//go:embed app.js
var App string

// ECharts is dist/echarts.min.js of the npm package echarts 6.1.0
// (Apache-2.0), unchanged.
//
//go:embed echarts.min.js
var ECharts string

// EChartsVersion and EChartsSHA256 pin ECharts.
const (
	EChartsVersion = "6.1.0"
	EChartsSHA256  = "b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0"
)

// EChartsLicense and EChartsNotice travel with every copy of ECharts.
//
//go:embed echarts.LICENSE.txt
var EChartsLicense string

// EChartsNotice is the NOTICE file of ECharts.
//
//go:embed echarts.NOTICE.txt
var EChartsNotice string
