package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
)

// ErrNotFound says that no configuration file was found anywhere.
var ErrNotFound = errors.New("no configuration file found")

// FileName is the name looked for.
const FileName = "almanac.yaml"

// Discovery says where to look; the caller reads environment and folders.
type Discovery struct {
	Flag       string // --config; wins
	Env        string // $ALMANAC_CONFIG
	WorkDir    string // searched upward
	ConfigHome string // $XDG_CONFIG_HOME or ~/.config
	System     string // /etc
}

// Find gives the first configuration file: flag, environment, upward from the
// working folder, XDG, system. A file named by flag or environment must exist.
func Find(d Discovery) (string, error) {
	for _, named := range []struct{ path, by string }{{d.Flag, "--config"}, {d.Env, "ALMANAC_CONFIG"}} {
		if named.path == "" {
			continue
		}
		if !isFile(named.path) {
			return "", fmt.Errorf("%s names %s, which is not a file", named.by, named.path)
		}
		return named.path, nil
	}
	for dir := d.WorkDir; dir != ""; dir = filepath.Dir(dir) {
		if p := filepath.Join(dir, FileName); isFile(p) {
			return p, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	for _, dir := range []string{d.ConfigHome, d.System} {
		if p := filepath.Join(dir, "almanac", FileName); dir != "" && isFile(p) {
			return p, nil
		}
	}
	return "", fmt.Errorf("%w: write one with 'almanac init', or name it with --config", ErrNotFound)
}

func isFile(p string) bool {
	st, err := os.Stat(p)
	return err == nil && !st.IsDir()
}

// Load reads a file and checks all of it that needs no look at the inputs;
// the error lists every problem, each with its key.
func Load(path string) (*Config, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// Names stand in values only; '::' keeps dots in keys from splitting.
	v := viper.NewWithOptions(viper.KeyDelimiter("::"))
	v.SetConfigFile(abs)
	v.SetConfigType("yaml")
	if err := v.ReadInConfig(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	c := Default(filepath.Dir(abs))
	c.File = abs
	if err := v.Unmarshal(c, decode); err != nil {
		return nil, fmt.Errorf("read %s: %s", path, unwrapDecode(err))
	}
	problems := unknownKeys(v.AllSettings(), rootType, "")
	problems = append(problems, check(c)...)
	ignored, bad := readIgnored(c)
	c.Ignored, problems = ignored, append(problems, bad...)
	if len(problems) > 0 {
		return nil, &Problems{File: path, List: problems}
	}
	return c, nil
}

// LoadSignatures reads a file of rules for signatures alone, as they stand
// under signatures: in a configuration, and checks them.
func LoadSignatures(path string) (Signatures, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter("::"))
	v.SetConfigFile(path)
	v.SetConfigType("yaml")
	if err := v.ReadInConfig(); err != nil {
		return Signatures{}, fmt.Errorf("read %s: %w", path, err)
	}
	c := Default(".")
	if err := v.Unmarshal(&c.Signatures, decode); err != nil {
		return Signatures{}, fmt.Errorf("read %s: %s", path, unwrapDecode(err))
	}
	problems := unknownKeys(v.AllSettings(), reflect.TypeOf(c.Signatures), "")
	if problems = append(problems, check(c)...); len(problems) > 0 {
		return Signatures{}, &Problems{File: path, List: problems}
	}
	return c.Signatures, nil
}

func decode(dc *mapstructure.DecoderConfig) {
	dc.DecodeHook = mapstructure.ComposeDecodeHookFunc(instantToText, mapstructure.StringToSliceHookFunc(","))
	dc.WeaklyTypedInput = true
}

// instantToText undoes YAML's own reading of instants: `now` is text here.
func instantToText(from, to reflect.Type, value any) (any, error) {
	if t, ok := value.(time.Time); ok && to.Kind() == reflect.String {
		return t.Format(time.RFC3339), nil
	}
	return value, nil
}

func unwrapDecode(err error) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "decoding failed due to the following error(s):", "")), " ")
}

// Problems are the mistakes of one file.
type Problems struct {
	File string
	List []string
}

// Error lists every mistake on a line of its own.
func (p *Problems) Error() string {
	return fmt.Sprintf("%s has %d mistake(s):\n  %s", p.File, len(p.List), strings.Join(p.List, "\n  "))
}

// Resolve makes a configured path absolute.
func (c *Config) Resolve(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(c.Dir, p)
}
