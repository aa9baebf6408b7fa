package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"almanac/schemas"
)

// changeKinds maps the words for a kind of change, normalised, to the kind.
var changeKinds = map[string]string{
	"deploy": schemas.ChangeDeploy, "deployment": schemas.ChangeDeploy, "rollout": schemas.ChangeDeploy, "upgrade": schemas.ChangeDeploy,
	"codedeploy": schemas.ChangeDeploy, "codechange": schemas.ChangeDeploy,
	"config": schemas.ChangeConfig, "configuration": schemas.ChangeConfig, "configchange": schemas.ChangeConfig,
	"configurationchange": schemas.ChangeConfig, "settings": schemas.ChangeConfig, "setting": schemas.ChangeConfig,
	"flag": schemas.ChangeFlag, "featureflag": schemas.ChangeFlag, "toggle": schemas.ChangeFlag, "featuretoggle": schemas.ChangeFlag,
	"infra": schemas.ChangeInfra, "infrastructure": schemas.ChangeInfra, "terraform": schemas.ChangeInfra,
	"scaling": schemas.ChangeInfra, "scale": schemas.ChangeInfra, "network": schemas.ChangeInfra,
	"restart": schemas.ChangeRestart, "reboot": schemas.ChangeRestart, "bounce": schemas.ChangeRestart,
	"rollback": schemas.ChangeRollback, "revert": schemas.ChangeRollback, "rolledback": schemas.ChangeRollback,
	"migration": schemas.ChangeMigration, "migrate": schemas.ChangeMigration, "schemamigration": schemas.ChangeMigration,
	"dbmigration": schemas.ChangeMigration, "databasemigration": schemas.ChangeMigration, "schema": schemas.ChangeMigration,
	"job": schemas.ChangeJob, "cron": schemas.ChangeJob, "cronjob": schemas.ChangeJob, "schedule": schemas.ChangeJob, "jobchange": schemas.ChangeJob,
	"release": schemas.ChangeRelease, "tag": schemas.ChangeRelease,
	"commit": schemas.ChangeCommit, "merge": schemas.ChangeCommit, "push": schemas.ChangeCommit, "pullrequest": schemas.ChangeCommit,
}

// changeKind names a kind of change by the fixed words; an unknown word stays
// as it is, in lower case.
func changeKind(s string) string {
	if k, ok := changeKinds[normKey(s)]; ok {
		return k
	}
	return strings.ToLower(strings.TrimSpace(s))
}

// changeStatusWords are the words, normalised, for each outcome.
var changeStatusWords = map[string]string{
	"success":   "success succeeded successful ok pass passed done complete completed deployed finished inactive superseded synced healthy green applied closed",
	"failed":    "failed failure fail error errored terminal unstable rejected degraded timedout rolledback reverted faulted red failedcontinue",
	"cancelled": "cancelled canceled aborted abort skipped stopped killed",
	"running":   "running inprogress pending queued started notstarted building progressing waiting created scheduled pendinginstall pendingupgrade pendingrollback uninstalling",
}

var changeStatuses = func() map[string]string {
	m := map[string]string{}
	for status, words := range changeStatusWords {
		for _, w := range strings.Fields(words) {
			m[w] = status
		}
	}
	return m
}()

// changeStatus normalises an outcome; ok is false for a word that is neither
// absent nor known.
func changeStatus(s string) (status string, ok bool) {
	if isAbsent(s) {
		return "", true
	}
	status, ok = changeStatuses[normKey(s)]
	return status, ok
}

var (
	severityNumber = regexp.MustCompile(`(?i)^(?:sev(?:erity)?|p|s|prio(?:rity)?)?[ \-_:]*([1-5])(?:\D|$)`)
	severityWords  = map[string]string{
		"critical": "sev1", "majoroutage": "sev1", "blocker": "sev1", "highest": "sev1", "page": "sev1",
		"high": "sev2", "major": "sev2", "partialoutage": "sev2",
		"medium": "sev3", "moderate": "sev3", "minor": "sev3", "degradedperformance": "sev3", "warning": "sev3",
		"low": "sev4", "trivial": "sev4", "lowest": "sev5", "info": "sev5", "informational": "sev5",
	}
)

// severityOf maps the usual words and numbers to sev1 … sev5; what is not
// known is "": it is never guessed.
func severityOf(raw string) string {
	raw = strings.TrimSpace(raw)
	if m := severityNumber.FindStringSubmatch(raw); m != nil {
		return "sev" + m[1]
	}
	return severityWords[normKey(raw)]
}

// actionKind maps a stated kind or the words of a heading to an action kind.
func actionKind(s string) string {
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r < 'a' || r > 'z' }) {
		switch w {
		case "immediate", "shortterm", "containment", "hotfix":
			return schemas.ActionImmediate
		case "workaround", "workarounds":
			return schemas.ActionWorkaround
		case "prevention", "prevent", "preventative", "preventive", "corrective", "remediation":
			return schemas.ActionPrevention
		case "detection", "detect", "detective", "monitoring", "alerting", "observability":
			return schemas.ActionDetection
		}
	}
	return ""
}

// actionStatus normalises the state of an action to open, done or "".
func actionStatus(s string) string {
	switch normKey(s) {
	case "done", "x", "closed", "complete", "completed", "fixed", "resolved", "merged", "yes", "finished", "implemented":
		return "done"
	case "open", "todo", "inprogress", "planned", "new", "backlog", "pending", "started", "notstarted", "no", "wip", "accepted":
		return "open"
	}
	return ""
}

// contentID names a record that states no id by what it says, so that reading
// it again gives the same id.
func contentID(prefix string, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return prefix + hex.EncodeToString(h.Sum(nil))[:12]
}
