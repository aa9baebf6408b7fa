package lake

import (
	"sync"

	"github.com/klauspost/compress/zstd"
)

// packer compresses pages of events at one level. Its encoders are shared by
// all goroutines; each works on one core, which keeps what it gives independent
// of the machine, and keeps a window, no larger than the pages call for.
type packer struct {
	level    zstd.EncoderLevel
	window   int // bytes, a power of two
	encoders sync.Pool
}

// Levels of compression. The better one takes three to four times the time of
// the fastest. It pays for numbers and ids of traces, which are few bytes, and
// for messages whose values come back megabytes later: in pages of one service
// or two it makes them 10 to 25 % smaller, in pages of more 6 %, and where
// values do not come back (returns.go) it takes eight times the time for
// nothing. The usual level makes .88 to 1.07 of the fastest, by service, in one
// and a half times its time: used instead of the better one it saves a tenth of
// a night's time for 4 % more bytes.
var (
	fastest = &packer{level: zstd.SpeedFastest, window: 4 << 20}
	dense   = &packer{level: zstd.SpeedBetterCompression, window: 8 << 20}
)

// pack appends src, compressed, to dst.
func (p *packer) pack(dst, src []byte) ([]byte, error) {
	e, ok := p.encoders.Get().(*zstd.Encoder)
	if !ok {
		var err error
		e, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(p.level), zstd.WithWindowSize(p.window),
			zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true), zstd.WithEncoderCRC(false))
		if err != nil {
			return nil, err
		}
	}
	defer p.encoders.Put(e)
	return e.EncodeAll(src, dst), nil
}
