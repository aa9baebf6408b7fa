package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"

	"almanac/internal/nightly"
)

// bar draws progress on a terminal only.
type bar struct {
	w    io.Writer
	step string
	pb   *progressbar.ProgressBar
}

func (a *app) progressBar() *bar {
	if _, terminal := terminalWidth(a.err); !terminal || a.quiet || os.Getenv("TERM") == "dumb" {
		return &bar{}
	}
	return &bar{w: a.err}
}

func (b *bar) update(p nightly.Progress) {
	if b.w == nil {
		return
	}
	if p.Step != b.step {
		b.done()
		b.step = p.Step
		b.pb = progressbar.NewOptions(p.Total, progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetDescription(p.Step), progressbar.OptionClearOnFinish(),
			progressbar.OptionShowCount())
	}
	_ = b.pb.Set(p.Done) // a failed drawing is no reason to fail a night
}

func (b *bar) done() {
	if b.pb != nil {
		_ = b.pb.Finish()
		b.pb = nil
	}
}
