package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// TestEChartsPinned holds the embedded build to the published one: an edited
// or swapped file must not reach a page.
func TestEChartsPinned(t *testing.T) {
	sum := sha256.Sum256([]byte(ECharts))
	if got := hex.EncodeToString(sum[:]); got != EChartsSHA256 {
		t.Errorf("echarts.min.js has sha256 %s, want %s (npm echarts@%s dist/echarts.min.js)",
			got, EChartsSHA256, EChartsVersion)
	}
	if !strings.Contains(EChartsLicense, "Apache License") || !strings.Contains(EChartsNotice, "Apache ECharts") {
		t.Error("the licence and notice of ECharts must travel with it")
	}
	if !strings.Contains(ECharts, `"`+EChartsVersion+`"`) {
		t.Errorf("echarts.min.js does not say version %s", EChartsVersion)
	}
}

// TestAssetsAreInlinable: a self-contained page puts these between tags.
func TestAssetsAreInlinable(t *testing.T) {
	for name, text := range map[string]string{"echarts": ECharts, "app": App, "style": Style} {
		low := strings.ToLower(text)
		for _, bad := range []string{"</script", "</style", "<!--"} {
			if strings.Contains(low, bad) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
	}
}
