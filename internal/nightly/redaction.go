package nightly

import (
	"fmt"
	"os"
	"strings"

	"almanac/internal/config"
	"almanac/internal/intake"
	"almanac/internal/redact"
	"almanac/internal/signature"
	"almanac/schemas"
)

// redaction takes secrets out of records before anything is made of them: the
// lake, the rejects and the pages only ever see what is left.
type redaction struct{ r *redact.Redactor }

// newRedaction makes the site's redactor; nil when the site switched it off.
// Without a key of its own a site's tokens depend on its name.
func newRedaction(c *config.Config) (*redaction, error) {
	if c.Redact.Off {
		return nil, nil
	}
	var rules []redact.Rule
	if c.Redact.Rules != "" {
		path := c.Resolve(c.Redact.Rules)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read redact.rules: %w", err)
		}
		if rules, err = redact.ParseRules(path, string(text)); err != nil {
			return nil, err
		}
	}
	key := c.Redact.Key
	if key == "" {
		key = "site " + c.Site
	}
	return &redaction{redact.New([]byte(key), rules)}, nil
}

// Redact gives a text as the site's lake would hold it.
func Redact(c *config.Config, text string) (string, error) {
	x, err := newRedaction(c)
	if err != nil {
		return "", err
	}
	x.texts(&text)
	return text, nil
}

func (x *redaction) texts(fields ...*string) {
	if x == nil {
		return
	}
	for _, f := range fields {
		*f = x.r.Redact(*f)
	}
}

func (x *redaction) change(c *schemas.Change) {
	x.texts(&c.Title, &c.Actor, &c.URL, &c.Version, &c.ChangeID, &c.Kind, &c.Service, &c.Env, &c.Status, &c.Commit, &c.Team, &c.Warning)
}

func (x *redaction) incident(i *schemas.IncidentRecord) {
	x.texts(&i.IncidentID, &i.Title, &i.Severity, &i.SeverityRaw, &i.RootCause, &i.Trigger, &i.Category, &i.URL, &i.Body, &i.Team, &i.Warning)
	var lines fileRedaction // a field of several lines was taken for a list of names
	lines.redaction = x
	for k := range i.Services {
		i.Services[k] = lines.text(i.Services[k], intake.MaxLine)
	}
	if len(i.Services) > 0 {
		i.Service = i.Services[0]
	}
	for k := range i.Timeline {
		t := &i.Timeline[k]
		t.IncidentID = i.IncidentID
		x.texts(&t.Status, &t.Text)
	}
	for k := range i.Actions {
		a := &i.Actions[k]
		a.IncidentID = i.IncidentID
		x.texts(&a.Kind, &a.Text, &a.Owner, &a.Status, &a.SuccessCondition)
	}
}

// fileRedaction redacts the records of one file in their order. Names repeat from
// line to line, so the last ones are remembered; a private key may be printed
// line by line, each a record of its own.
type fileRedaction struct {
	*redaction
	last    [3][2]string // service, host and class: as read, as redacted
	keyLine int          // lines of a private key that may still come
}

// maxKeyLines is how many records a private key may be spread over.
const maxKeyLines = 200

// names redacts all of an event but its message.
func (x *fileRedaction) names(e *schemas.Event) {
	if x.redaction == nil {
		return
	}
	for i, s := range [...]*string{&e.Service, &e.Host, &e.ErrorType} {
		if last := &x.last[i]; *s != last[0] {
			last[0] = *s
			last[1] = x.r.Redact(*s)
		}
		*s = x.last[i][1]
	}
	if e.TraceID != "" && !isHexID(e.TraceID) {
		e.TraceID = x.r.Redact(e.TraceID)
	}
}

// message redacts an event's message and reads its shape. Of the text that
// all messages of a mask share it is asked once what it betrays.
func (x *fileRedaction) message(e *schemas.Event, m *signature.Miner, p *plans) signature.Reading {
	k, ok := m.Mask(e.Message)
	if x.redaction == nil || !ok || x.keyLine > 0 || len(e.Message) >= maxMessage {
		e.Message = x.text(e.Message, maxMessage)
		return m.Read(e.Message)
	}
	note := m.Note(k)
	if note > 0 && p.made[note-1].Quiet(e.Message, k.Values) {
		return m.ReadMask(e.Message, k)
	}
	if out := x.text(e.Message, maxMessage); out != e.Message {
		e.Message = out
		return m.Read(out)
	}
	if note == 0 {
		m.Learn(e.Message, &k, p.note(x.r.Plan(e.Message, k.Values)))
	}
	return m.ReadMask(e.Message, k)
}

// plans are the different plans of a worker: few, because most statements have
// nothing that could betray a secret.
type plans struct {
	made   []redact.Plan
	number map[string]int32
}

// maxPlans bounds the plans; the messages of further masks are redacted as a
// whole.
const maxPlans = 1 << 16

// note is a plan's number, 0 where there is none.
func (p *plans) note(plan redact.Plan, ok bool) int32 {
	if !ok {
		return 0
	}
	key := plan.Key()
	n, known := p.number[key]
	if !known && len(p.made) < maxPlans {
		p.made = append(p.made, plan)
		n = int32(len(p.made))
		p.number[key] = n
	}
	return n
}

// isHexID knows ids of traces by sight: hexadecimal with a letter in it, also
// as OpenStack prints them (req-…).
func isHexID(s string) bool {
	s = strings.TrimPrefix(s, "req-")
	letter := false
	for i := range len(s) {
		c := s[i]
		isLetter := c >= 'a' && c <= 'f'
		if !isLetter && c != '-' && (c < '0' || c > '9') {
			return false
		}
		letter = letter || isLetter
	}
	return letter
}

// maxMessage is how long a message is that may have been cut, bytes.
const maxMessage = intake.MaxLine - maxHeader

// maxHeader is how much of a line its header may be, bytes: a message that is
// longer than a line without it may have been cut.
const maxHeader = 4096

// maxSecret is how long a secret may be of which a cut leaves a beginning
// that cannot be told, bytes.
const maxSecret = 160

// text redacts one text. Of one that may have been cut (limit and longer) the
// end goes too: half a secret there would not be known for one.
func (x *fileRedaction) text(s string, limit int) string {
	if x.redaction == nil {
		return s
	}
	if x.keyLine > 0 && redact.IsKeyLine(s) {
		x.keyLine--
		if redact.EndsKey(s) {
			x.keyLine = 0
		}
		return x.r.Token(redact.PEM, s)
	}
	out := x.r.Redact(s)
	if len(out) != len(s) && redact.OpensKey(s) {
		x.keyLine = maxKeyLines
	}
	if len(s) >= limit && strings.IndexByte(s, '\n') < 0 {
		out = strings.ToValidUTF8(out[:max(0, len(out)-maxSecret)], "")
	}
	return out
}

func (x *fileRedaction) reject(r *schemas.Reject) {
	x.texts(&r.Reason)
	r.Raw = x.text(r.Raw, intake.MaxRejectRaw)
}
