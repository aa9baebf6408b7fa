package lake

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ErrLocked says that another night is at work in the lake (exit code 75).
var ErrLocked = errors.New("another almanac is writing to this lake")

// Lock takes the lake's writer lock, creating the directory if need be. It
// does not wait: a taken lock is ErrLocked. Readers need no lock. The system
// releases the lock when the process ends, however it ends.
func Lock(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("lock lake %s: %w; choose a directory you may write to", dir, err)
	}
	name := filepath.Join(dir, lockName)
	fl := flock.New(name, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o644))
	ok, err := fl.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock lake %s: %w; check that %s may be written", dir, err, name)
	}
	if !ok {
		return nil, fmt.Errorf("lock lake %s: %w; wait for it to end and run again", dir, ErrLocked)
	}
	return fl.Close, nil
}
