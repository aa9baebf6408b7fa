package intake

import (
	"regexp"
	"strings"

	"almanac/schemas"
)

func init() {
	registerForms(
		&recordForm{
			name: "github-deployments", kind: KindChange, doc: "GitHub deployments, REST with statuses or GraphQL",
			needs: []string{"sha|commitOid", "environment", "statuses_url|latestStatus|databaseId|original_environment|production_environment|statuses|task"}, never: []string{"iid"},
			lists: []string{"data.repository.deployments.nodes", "deployments", "items"}, kindOf: schemas.ChangeDeploy,
			fields: map[string][]string{
				"id": {"id", "databaseId"}, "commit": {"sha", "commitOid"}, "version": {"ref.name", "ref"}, "env": {"environment"},
				"actor": {"creator.login", "creator"}, "started": {"created_at", "createdAt"}, "status": {"latestStatus.state", "state"},
				"service": {"repository.name", "task.service", "repository_url"}, "title": {"description"}, "url": {"url"}, "team": {"payload.team"},
			},
			adjust: githubStatuses,
		},
		&recordForm{
			name: "github-releases", kind: KindChange, doc: "GitHub releases, REST or GraphQL; drafts are left out",
			needs: []string{"tag_name|tagName", "published_at|publishedAt"}, lists: []string{"data.repository.releases.nodes", "releases"},
			kindOf: schemas.ChangeRelease,
			fields: map[string][]string{
				"id": {"id", "databaseId"}, "version": {"tag_name", "tagName"}, "title": {"name", "tag_name", "tagName"},
				"started": {"published_at", "publishedAt"}, "actor": {"author.login"}, "commit": {"tagCommit.oid"}, "url": {"html_url", "url"},
			},
			skip: func(n *node) string {
				if n.str("draft", "isDraft") == "true" {
					return "a draft release"
				}
				return ""
			},
		},
		&recordForm{
			name: "gitlab-deployments", kind: KindChange, doc: "GitLab deployments (REST)",
			needs: []string{"iid", "environment.name", "sha", "deployable|status"}, kindOf: schemas.ChangeDeploy,
			fields: map[string][]string{
				"id": {"id", "iid"}, "commit": {"sha"}, "version": {"ref"}, "env": {"environment.name"}, "status": {"status", "deployable.status"},
				"actor": {"user.username", "deployable.user.username"}, "started": {"deployable.started_at", "created_at"},
				"finished": {"deployable.finished_at", "updated_at"}, "title": {"deployable.commit.title", "deployable.name"}, "url": {"deployable.web_url"},
			},
		},
		&recordForm{
			name: "argocd", kind: KindChange, doc: "Argo CD application JSON: sync history and the last operation",
			needs: []string{"metadata.name", "status.history|status.operationState"}, never: []string{"involvedObject"},
			lists: []string{"items"}, kindOf: schemas.ChangeDeploy, confidence: 0.95, expand: expandArgo,
			fields: map[string][]string{
				"id": {"almanac_id"}, "service": {"app"}, "env": {"destination"}, "commit": {"revision", "revisions", "syncResult.revision"},
				"started": {"deployStartedAt", "startedAt", "deployedAt"}, "finished": {"deployedAt", "finishedAt"},
				"status": {"phase"}, "actor": {"initiatedBy.username", "operation.initiatedBy.username"}, "title": {"message"}, "team": {"team"}, "url": {"source.repoURL"},
			},
		},
		&recordForm{
			name: "kubernetes-events", kind: KindChange, doc: "kubectl get events -o json: rollouts, scaling and restarts; other events are left out",
			needs: []string{"involvedObject|regarding", "reason"}, lists: []string{"items"}, confidence: 0.95,
			fields: map[string][]string{
				"id": {"metadata.uid"}, "kind": {"reason"}, "service": {"involvedObject.name", "regarding.name"}, "env": {"metadata.namespace", "involvedObject.namespace"},
				"started": {"firstTimestamp", "eventTime", "metadata.creationTimestamp"}, "finished": {"lastTimestamp", "series.lastObservedTime"},
				"actor": {"source.component", "reportingComponent"}, "title": {"message", "note"}, "team": {"metadata.labels.team"},
			},
			values: []ValueMap{
				{Field: "kind", From: []string{"ScalingReplicaSet"}, To: schemas.ChangeDeploy},
				{Field: "kind", From: []string{"SuccessfulRescale", "TriggeredScaleUp", "ScaleDown", "Rebooted", "NodeNotReady", "NodeReady"}, To: schemas.ChangeInfra},
				{Field: "kind", From: []string{"Killing", "BackOff"}, To: schemas.ChangeRestart},
			},
			skip: func(n *node) string {
				if !kubernetesReasons[n.str("reason")] {
					return "events that are no change"
				}
				return ""
			},
			adjust: func(_ *node, d *draft) { // a pod belongs to its deployment
				if m := podName.FindStringSubmatch(d.change.Service); m != nil {
					d.change.Service = m[1]
				}
			},
		},
		&recordForm{
			name: "kubernetes-rollouts", kind: KindChange, doc: "kubectl get replicasets -o json: one rollout each",
			needs: []string{"metadata.annotations.deployment.kubernetes.io/revision", "metadata.creationTimestamp"}, lists: []string{"items"},
			kindOf: schemas.ChangeDeploy, confidence: 0.96,
			fields: map[string][]string{
				"id": {"metadata.uid"}, "service": {"metadata.ownerReferences.name", "metadata.labels.app", "metadata.name"}, "env": {"metadata.namespace"},
				"started": {"metadata.creationTimestamp"}, "version": {"metadata.annotations.deployment.kubernetes.io/revision"},
				"title": {"metadata.annotations.kubernetes.io/change-cause"}, "team": {"metadata.labels.team", "metadata.labels.owner"},
			},
		},
		&recordForm{
			name: "helm-history", kind: KindChange, doc: "helm history -o json",
			needs: []string{"revision", "updated", "chart", "app_version"}, kindOf: schemas.ChangeDeploy,
			fields: map[string][]string{
				"started": {"updated"}, "status": {"status"}, "version": {"app_version", "revision"}, "title": {"description"}, "service": {"name"},
			},
			adjust: func(n *node, d *draft) {
				if strings.HasPrefix(strings.ToLower(n.str("description")), "rollback to") {
					d.change.Kind = schemas.ChangeRollback
				}
				d.change.ChangeID = contentID("C-", "helm", n.str("name"), n.str("chart"), n.str("revision"), n.str("updated"))
			},
		},
		&recordForm{
			name: "jenkins", kind: KindChange, doc: "Jenkins builds (api/json)",
			needs: []string{"number", "timestamp", "result", "fullDisplayName|url|displayName"}, never: []string{"level"}, lists: []string{"builds"},
			fields: map[string][]string{
				"started": {"timestamp"}, "duration_ms": {"duration"}, "status": {"result"}, "title": {"fullDisplayName", "displayName"}, "url": {"url"},
				"actor": {"actions.causes.userName", "actions.causes.userId"}, "commit": {"actions.lastBuiltRevision.SHA1", "changeSet.items.commitId"},
			},
			adjust: jenkinsBuild,
		},
		&recordForm{
			name: "spinnaker", kind: KindChange, doc: "Spinnaker pipeline executions",
			needs: []string{"application", "buildTime|startTime", "stages|trigger", "status"}, lists: []string{"executions"}, kindOf: schemas.ChangeDeploy,
			fields: map[string][]string{
				"id": {"id"}, "service": {"application"}, "title": {"name"}, "status": {"status"}, "started": {"startTime", "buildTime"}, "finished": {"endTime"},
				"actor": {"authentication.user", "trigger.user"}, "version": {"trigger.tag", "trigger.artifacts.version"},
			},
			adjust: func(n *node, d *draft) {
				if normKey(n.str("status")) == "terminal" {
					d.change.Status = "failed"
				}
			},
		},
		&recordForm{
			name: "terraform", kind: KindChange, doc: "terraform apply -json: one change per apply, failed resources; outputs are never read",
			needs: []string{"@level", "@message", "type", "@module==terraform"}, kindOf: schemas.ChangeInfra, confidence: 0.97,
			fields: map[string][]string{
				"started": {"@timestamp"}, "title": {"@message"}, "service": {"hook.resource.module"},
			},
			skip: func(n *node) string {
				if t := n.str("type"); t == "change_summary" && n.str("changes.operation") == "apply" || t == "apply_errored" {
					return ""
				}
				return "progress lines"
			},
			adjust: func(n *node, d *draft) {
				d.change.Status = "success"
				if n.str("type") == "apply_errored" {
					d.change.Status = "failed"
					d.change.Title = oneLine("failed: "+n.str("hook.resource.addr"), 500)
				}
			},
		},
		&recordForm{
			name: "launchdarkly", kind: KindChange, doc: "LaunchDarkly audit log",
			needs: []string{"_id", "date", "kind", "titleVerb|target|member"}, lists: []string{"items"}, confidence: 0.95,
			fields: map[string][]string{
				"id": {"_id"}, "started": {"date"}, "title": {"titleVerb", "shortDescription"}, "actor": {"member.email", "member.firstName"},
				"service": {"name", "target.name"}, "team": {"member.teams.name", "member.teams.key"},
			},
			adjust: launchDarkly,
		},
		&recordForm{
			name: "devlake-deployments", kind: KindChange, doc: "DevLake webhook: deployments",
			needs: []string{"deploymentCommits|deployment_commits|commit_sha", "startedDate|start_time|createdDate"}, lists: []string{"deployments"},
			kindOf: schemas.ChangeDeploy,
			fields: map[string][]string{
				"id": {"id"}, "started": {"startedDate", "start_time", "createdDate", "create_time"}, "finished": {"finishedDate", "end_time"},
				"env": {"environment"}, "status": {"result"}, "version": {"deploymentCommits.refName", "deployment_commits.ref_name", "ref_name"},
				"commit": {"deploymentCommits.commitSha", "deployment_commits.commit_sha", "commit_sha"}, "title": {"displayTitle", "name", "deploymentCommits.commitMsg"},
				"service": {"deploymentCommits.repoUrl", "repo_url"}, "url": {"url"},
			},
			adjust: func(_ *node, d *draft) { // a repository's address ends with its name
				s := strings.TrimSuffix(strings.TrimRight(d.change.Service, "/"), ".git")
				d.change.Service = s[strings.LastIndexByte(s, '/')+1:]
			},
		},
	)
}

var podName = regexp.MustCompile(`^(.+)-[0-9a-f]{6,10}-[a-z0-9]{5}$`)

var kubernetesReasons = map[string]bool{
	"ScalingReplicaSet": true, "SuccessfulRescale": true, "TriggeredScaleUp": true, "ScaleDown": true,
	"Rebooted": true, "NodeNotReady": true, "NodeReady": true, "Killing": true, "BackOff": true,
}

// githubStatuses takes the outcome from the statuses, which the deployment
// itself does not carry: the first success ends it, else the first failure.
// "inactive" means superseded by a later one, not failed.
func githubStatuses(n *node, d *draft) {
	if s := d.change.Service; strings.HasPrefix(s, "https://") { // …/repos/owner/name
		d.change.Service = s[strings.LastIndexByte(s, '/')+1:]
	}
	var list []*node
	for _, p := range [...]string{"statuses", "statuses.nodes"} {
		for _, v := range n.at(p) {
			list = append(list, v.list...)
		}
	}
	if len(list) == 0 {
		if d.change.Status == "" {
			d.warn("outcome not in the record: add the statuses of the deployment")
		}
		return
	}
	best := int64(0)
	for _, want := range [...]string{"success", "failed"} {
		for _, s := range list {
			status, _ := changeStatus(s.str("state"))
			t, _, err := (stampRule{}).parseUTC(s.str("created_at", "createdAt"))
			if status != want || err != nil || s.str("state") == "inactive" {
				continue
			}
			if us := schemas.Micros(t); best == 0 || us < best {
				best, d.change.Status, d.change.FinishedTS = us, status, us
			}
		}
		if best != 0 {
			return
		}
	}
	d.change.Status, _ = changeStatus(list[0].str("state"))
}

// expandArgo turns an application into its past syncs and its last operation
// where that did not succeed: the history holds successes only.
func expandArgo(n *node) []*node {
	app, dest := n.str("metadata.name"), n.str("spec.destination.namespace")
	team := n.str("metadata.labels.team", "metadata.labels.owner")
	var out []*node
	add := func(e *node, id, phase string) {
		c := &node{kind: nodeObject, obj: append([]member(nil), e.obj...)}
		c.obj = append(c.obj, field("app", scalar(app)), field("destination", scalar(dest)), field("team", scalar(team)), field("almanac_id", scalar(id)))
		if phase != "" {
			c.obj = append(c.obj, field("phase", scalar(phase)))
		}
		out = append(out, c)
	}
	for _, h := range n.at("status.history") {
		for _, e := range h.list {
			add(e, contentID("C-", "argocd", app, e.str("id"), e.str("deployedAt")), "Succeeded")
		}
	}
	for _, op := range n.at("status.operationState") {
		if s, _ := changeStatus(op.str("phase")); op.kind == nodeObject && s != "success" {
			add(op, contentID("C-", "argocd", app, op.str("startedAt")), "")
		}
	}
	return out
}

// jenkinsBuild names the job, and calls a build a deploy only where its name
// says so.
func jenkinsBuild(n *node, d *draft) {
	ch := &d.change
	name := n.str("fullDisplayName", "displayName")
	job, _, _ := strings.Cut(name, " #")
	if ch.Service == "" {
		ch.Service = job
	}
	ch.Kind = "build"
	for _, w := range [...]string{"deploy", "release", "rollout", "promote"} {
		if strings.Contains(strings.ToLower(job), w) {
			ch.Kind = schemas.ChangeDeploy
		}
	}
	if n.str("building") == "true" {
		ch.FinishedTS = 0 // its duration is 0 until it ends
	}
	ch.ChangeID = contentID("C-", "jenkins", job, n.str("number"), n.str("url"))
}

// launchDarkly finds project, environment and flag in the resource string
// "proj/x:env/production:flag/y".
func launchDarkly(n *node, d *draft) {
	ch := &d.change
	ch.Kind = schemas.ChangeConfig
	if strings.EqualFold(n.str("kind"), "flag") {
		ch.Kind = schemas.ChangeFlag
	}
	for _, part := range strings.Split(n.str("target.resources"), ":") {
		what, name, _ := strings.Cut(part, "/")
		name, _, _ = strings.Cut(name, ";")
		switch what {
		case "env":
			ch.Env = name
		case "proj":
			ch.Service = name
		case "flag":
			ch.Version = name
		}
	}
	ch.Title = oneLine(plainText(strings.TrimSpace(n.str("titleVerb")+" "+n.str("name"))), 500)
}
