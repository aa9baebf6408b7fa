package nightly

import (
	"fmt"
	"os"

	"almanac/internal/config"
	"almanac/internal/redact"
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
	x.texts(&c.Title, &c.Actor, &c.URL, &c.Version, &c.Team)
}

func (x *redaction) incident(i *schemas.IncidentRecord) {
	x.texts(&i.Title, &i.RootCause, &i.Trigger, &i.Body, &i.URL, &i.Team)
	for k := range i.Timeline {
		x.texts(&i.Timeline[k].Text)
	}
	for k := range i.Actions {
		x.texts(&i.Actions[k].Text, &i.Actions[k].Owner, &i.Actions[k].SuccessCondition)
	}
}
