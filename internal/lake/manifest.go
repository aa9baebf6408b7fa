package lake

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"almanac/schemas"
)

// filePattern is the only form of a data file's path: a manifest that names
// anything else is refused, so that no text can lead out of the lake.
var filePattern = regexp.MustCompile(`^[a-z_]{1,40}/event_date=(\d{4}-\d\d-\d\d|undated|all)/[0-9a-f]{32}\.parquet$`)

var historyPattern = regexp.MustCompile(`^MANIFEST-(\d{1,18})\.json$`)

// readManifest reads and validates a manifest. An absent file satisfies
// errors.Is(err, os.ErrNotExist).
func readManifest(file string) (*schemas.Manifest, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return decodeManifest(file, data)
}

// decodeManifest checks the bytes before it trusts a word of them.
func decodeManifest(file string, data []byte) (*schemas.Manifest, error) {
	body, sealed, err := unseal(data)
	if err != nil {
		return nil, damagedManifest(file, err)
	}
	var head struct {
		Version int    `json:"version"`
		Tool    string `json:"tool"`
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, damagedManifest(file, err)
	}
	if head.Version > schemas.ManifestVersion {
		return nil, fmt.Errorf("read %s: %w (lake format %d by %q, this almanac reads up to %d); update almanac",
			file, ErrNewer, head.Version, head.Tool, schemas.ManifestVersion)
	}
	if !sealed && head.Version > 1 {
		return nil, damagedManifest(file, errors.New("its checksum is missing"))
	}
	var m schemas.Manifest
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, damagedManifest(file, err)
	}
	if m.Version < 1 || m.Generation < 1 {
		return nil, fmt.Errorf("read %s: not an almanac manifest (version %d, generation %d)", file, m.Version, m.Generation)
	}
	if m.Tables == nil {
		m.Tables = map[string][]schemas.TableFile{}
	}
	for table, files := range m.Tables {
		for _, f := range files {
			if !filePattern.MatchString(f.Path) || f.Path != dataPath(table, f.EventDate, path.Base(f.Path)) || slices.ContainsFunc(f.Dates, badDates) {
				return nil, fmt.Errorf("read %s: table %q lists the path %q of %v, which no almanac writes; restore the manifest from a backup", file, table, f.Path, f.Dates)
			}
		}
	}
	return &m, nil
}

func damagedManifest(file string, err error) error {
	return fmt.Errorf("read %s: damaged (%w); restore it from a backup or from the newest file in %s", file, err, historyName)
}

func badDates(span string) bool { return !datesPattern.MatchString(span) }

// sealPattern is the end of a manifest: the sha256 of the same text without
// this field.
var sealPattern = regexp.MustCompile(`^,\n "sha256": "([0-9a-f]{64})"\n\}\n$`)

const sealBytes = len(",\n \"sha256\": \"\"\n}\n") + 2*sha256.Size

// seal ends a manifest's JSON with its own checksum: sound Parquet files are
// of no use when the ledger or the list of files is wrong by a bit.
func seal(body []byte) []byte {
	sum := sha256.Sum256(body)
	return fmt.Appendf(bytes.TrimSuffix(body, []byte("\n}\n")), ",\n \"sha256\": \"%x\"\n}\n", sum)
}

// unseal gives the text that seal was given. Text without a seal, as
// manifests of version 1, comes back as it is.
func unseal(data []byte) (body []byte, sealed bool, err error) {
	cut := max(len(data)-sealBytes, 0)
	stated := sealPattern.FindSubmatch(data[cut:])
	if stated == nil {
		return data, false, nil
	}
	body = append(slices.Clone(data[:cut]), "\n}\n"...)
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != string(stated[1]) {
		return nil, true, errors.New("its text is not what its checksum says")
	}
	return body, true, nil
}

// encodeManifest gives the manifest's bytes: files by table, date and path,
// the ledger by source, file and id.
func encodeManifest(m *schemas.Manifest) ([]byte, error) {
	for table, files := range m.Tables {
		if len(files) == 0 {
			delete(m.Tables, table)
			continue
		}
		slices.SortFunc(files, func(a, b schemas.TableFile) int {
			return cmp.Or(cmp.Compare(a.EventDate, b.EventDate), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Path, b.Path))
		})
	}
	sortLedger(m.Ledger)
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode manifest: %w", err)
	}
	return seal(append(data, '\n')), nil
}

func sortLedger(ledger []schemas.LedgerEntry) {
	slices.SortFunc(ledger, func(a, b schemas.LedgerEntry) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.File, b.File),
			cmp.Compare(a.SourceID, b.SourceID), cmp.Compare(a.Bytes, b.Bytes), cmp.Compare(a.SHA256, b.SHA256))
	})
}

func dataPath(table, date, base string) string {
	return path.Join(table, "event_date="+date, base)
}

func historyPath(dir string, generation int64) string {
	return filepath.Join(dir, historyName, fmt.Sprintf("MANIFEST-%d.json", generation))
}

// historyGenerations lists the former generations kept, in rising order.
func historyGenerations(dir string) []int64 {
	entries, err := os.ReadDir(filepath.Join(dir, historyName))
	if err != nil {
		return nil
	}
	var gens []int64
	for _, e := range entries {
		if m := historyPattern.FindStringSubmatch(e.Name()); m != nil {
			if n, err := strconv.ParseInt(m[1], 10, 64); err == nil {
				gens = append(gens, n)
			}
		}
	}
	slices.Sort(gens)
	return gens
}
