/**
 * What Mission Control answers as JSON, and what its exporters publish, in TypeScript.
 *
 * The JSON Schemas (2020-12) beside this file are made from it by `make schema`,
 * so the two say the same. docs/api.md tells how to ask, and what may change.
 *
 * - Members are always there; what is not known is null, which is not zero.
 * - A later version may add members and lists; none is taken away or given
 *   another meaning under /api/hermes. Readers ignore what they do not know.
 * - Words ready for people ("12 s ago", "running") stand beside the values for
 *   programs. Every text may hold anything that an instance sent: escape it.
 */

/**
 * An instant: RFC 3339, in UTC, to the second.
 * @format date-time
 * @pattern ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$
 */
export type HermesTime = string

/**
 * A duration in seconds, down to microseconds.
 * @minimum 0
 */
export type HermesSeconds = number

/**
 * How many.
 * @integer
 * @minimum 0
 */
export type HermesCount = number

/**
 * A whole number that may be negative.
 * @integer
 */
export type HermesInteger = number

/**
 * US dollars.
 * @minimum 0
 */
export type HermesUsd = number

/**
 * Of an instance as the configuration names it; "host" is the machine.
 * @pattern ^[a-z0-9][a-z0-9-]{0,31}$
 */
export type HermesInstanceId = string

/**
 * A path of Mission Control itself, with its query.
 * @pattern ^/(hermes|api/hermes)
 */
export type HermesHref = string

/** A judgement. "off" is meant to be so, "info" is a plain fact, "unknown" is neither fine nor broken. */
export type HermesStatus = 'ok' | 'warn' | 'critical' | 'off' | 'unknown' | 'info'

/** The same as a word for people and for filters. */
export type HermesSeverity = 'fine' | 'warning' | 'critical' | 'off' | 'unknown' | 'info'

/** Which instance. */
export interface HermesInstanceRef {
	id: HermesInstanceId
	label: string
	/** Who runs it. */
	user: string
	/** An absolute path. */
	hermesHome: string
}

/**
 * Why a request was not answered. Every error below /api has this shape.
 * @schema error
 */
export interface HermesApiError {
	error: HermesApiErrorBody
}

export interface HermesApiErrorBody {
	/**
	 * The HTTP status once more.
	 * @integer
	 * @minimum 400
	 * @maximum 599
	 */
	status: number
	/** For people: what happened, and what to do. */
	message: string
	/** Of this request, as in X-Request-Id and in the log; for whoever is asked for help. */
	requestId: string
}

/* --- what every pane begins with ------------------------------------------------------------------ */

/** The whole in a sentence. */
export interface HermesVerdict {
	status: HermesStatus
	sentence: string
	detail: string | null
	/** Of things that need someone. */
	count: HermesCount
	/** For a screen reader: "2 problems, no unknown". */
	announcement: string
}

/** What an instance shows beside its name wherever it can be chosen. */
export interface HermesBadge {
	instanceId: HermesInstanceId
	status: HermesStatus
	/** Of things that need someone. */
	count: HermesCount
}

export interface HermesPane {
	/** Of the browser's tab, with the number of problems. */
	title: string
	heading: string
	generatedAt: HermesTime
	/** The chosen instance; null for all and the machine. */
	instanceId: HermesInstanceId | null
	/** The instances are invented ones. */
	isSample: boolean
	/** Of the oldest evidence that this rests on. */
	asOfAt: HermesTime | null
	asOfText: string
	asOfExact: string
	verdict: HermesVerdict
	/** Of every instance, whichever is chosen. */
	badges: HermesBadge[]
}

/** What a judgement rests on. */
export interface HermesEvidence {
	/** What was read: a file, a unit. */
	read: string | null
	takenAt: HermesTime | null
	takenText: string
	takenExact: string
	took: HermesSeconds | null
	tookText: string | null
	/** The facts in one line, after redaction. */
	value: string | null
	/** The rule that judged. */
	rule: string | null
	/** What would change the verdict. */
	clearsWhen: string | null
	/** "Clears when", "Changes when". */
	clearsLabel: string
}

/** One fact, judged. */
export interface HermesReading extends HermesJudgement {
	instanceId: HermesInstanceId
}

export interface HermesJudgement {
	/** Stable: "gateway", "backup.age", "platform.telegram", "cron.<job>". */
	id: string
	group: string
	label: string
	status: HermesStatus
	word: string
	detail: string | null
	severity: HermesSeverity
	/** Of a unit: what a boot does with it, in words; null for what is no unit. */
	bootText: string | null
	startsAtBoot: boolean | null
	/** The reading that explains this one, and was alarmed about in its stead. */
	cause: string | null
	/** The fragment of its evidence on Ops. */
	anchor: string
	/** Null for a plain fact. */
	runbookHref: HermesHref | null
	/** Null where the answer has many instances: ask for one. */
	evidence: HermesEvidence | null
}

/** Something that needs a person. */
export interface HermesAttention {
	id: string
	instanceId: HermesInstanceId
	/** Null for the machine. */
	ref: HermesInstanceRef | null
	instanceLabel: string
	reading: string
	status: HermesStatus
	severity: HermesSeverity
	word: string
	title: string
	why: string | null
	/** Its evidence on Ops. */
	href: HermesHref
	runbookHref: HermesHref
	/** Null while nobody has answered: then it needs someone. */
	answer: HermesAnswer | null
}

/** What an admin said of an alert. */
export interface HermesAnswer extends HermesAnswerFacts {
	text: string
}

export interface HermesAnswerFacts {
	id: string
	kind: 'acknowledge' | 'snooze' | 'silence'
	/** "all" of a silence that holds everywhere. */
	instanceId: string
	by: string
	reason: string | null
	answeredAt: HermesTime
	answeredText: string
	answeredExact: string
	/** When it ends at the latest. */
	untilAt: HermesTime
	untilText: string
	untilExact: string
}

/** Where to go on from here; some of it is no page of Mission Control. */
export interface HermesLink {
	id: string
	label: string
	href: string
}

/** A command to copy. Mission Control never runs one. */
export interface HermesAction {
	id: string
	label: string
	command: string
}

/** A choice of a filter. */
export interface HermesFilter {
	id: string
	label: string
	count: HermesCount
	countText: string
	href: HermesHref
	isCurrent: boolean
}

/** A choice among some, and where it leads. */
export interface HermesChoice {
	id: string
	label: string
	href: HermesHref
	isCurrent: boolean
}

/** A parameter that the page's search form carries along. */
export interface HermesKept {
	name: string
	value: string
}

/** Something to be said of an instance's list. */
export interface HermesNote {
	instanceId: HermesInstanceId
	text: string
}

/** A strip of time: slots of equal length, each as bad as the worst that was seen in it. */
export interface HermesStrip {
	slotSeconds: HermesCount
	/** How many. */
	slots: HermesCount
	fromAt: HermesTime
	toAt: HermesTime
	/** For ears: "Last 24 h: 22 h ok, 2 h not observed". */
	summary: string
	/** Of the drawing. */
	width: HermesCount
	/** Slots that do not differ, as one. */
	runs: HermesStripRun[]
}

export interface HermesStripRun {
	/** "unseen" was not observed, "before" is before there was anything to observe. */
	status: 'unseen' | 'before' | 'ok' | 'warn' | 'critical' | 'off' | 'unknown'
	word: string
	x: HermesCount
	width: HermesCount
	fromAt: HermesTime
	toAt: HermesTime
	text: string
}

/** A small line without axes: path data for SVG. */
export interface HermesSpark {
	sentence: string | null
	viewBox: string
	line: string
	area: string
	/** No figure is known. */
	isEmpty: boolean
	last: number | null
}

/** Figures along days: a drawing, and the same as a table. What is not known is a gap and never zero. */
export interface HermesChart {
	id: string
	/** Null: of all instances together. */
	instanceId: HermesInstanceId | null
	label: string
	sub: string
	/** The figure that stands for the whole. */
	value: number | null
	figure: string
	isLine: boolean
	isWide: boolean
	/** What the drawing shows, for ears. */
	sentence: string
	unit: 'count' | 'usd' | 'percent' | 'seconds'
	viewBox: string
	/** From above. */
	ticks: HermesChartTick[]
	grid: string
	limit: string | null
	marks: HermesChartMark[]
	/** Rectangles over what was not observed. */
	unseen: HermesChartArea[]
	hasUnseen: boolean
	unseenLabel: string
	series: HermesChartSeries[]
	hasLegend: boolean
	/** The last day of which anything is known. */
	last: HermesChartRow | null
	table: HermesChartTable
}

export interface HermesChartTick {
	text: string
}

export interface HermesChartMark {
	x: string
	text: string
	isCentred: boolean
	isMinor: boolean
}

export interface HermesChartArea {
	x: string
	y: string
	width: string
	height: string
}

export interface HermesChartSeries {
	id: string
	label: string
	/** A class of the stylesheet. */
	look: string
	totalText: string | null
	d: string
	area: string | null
}

export interface HermesChartTable {
	columns: HermesChartColumn[]
	/** The last day first. */
	rows: HermesChartRow[]
}

export interface HermesChartColumn {
	label: string
}

export interface HermesChartRow {
	/** Of the chosen zone: "2026-11-24". */
	date: string
	name: string
	/** What there was of it. */
	href: HermesHref | null
	cells: HermesChartCell[]
}

export interface HermesChartCell {
	value: number | null
	text: string
}

/* --- GET /api/hermes/overview --------------------------------------------------------------------- */

/** @schema overview */
export interface HermesOverview extends HermesPane {
	counts: HermesOverviewCounts
	/** Worst first; then what was answered. */
	attention: HermesAttention[]
	hasAttention: boolean
	attentionMore: string | null
	instances: HermesInstanceCard[]
	/** There are so many that each card is cut down to what needs someone. */
	isCompact: boolean
	hasInstances: boolean
	/** "2 of 2 running · 1 of 2 healthy" */
	rollUp: string
	/** What to say where there is no instance at all. */
	none: HermesNoInstances | null
	/** Null when one instance is chosen. */
	host: HermesHostCard | null
	alertsHref: HermesHref
	tasksHref: HermesHref
	historyHref: HermesHref
	/** Of all that was asked for together. */
	trends: HermesTrend[]
	hasTrends: boolean
	trendsNote: string | null
	/** Since the time of the parameter since; null without it. */
	changes: HermesChanges | null
	/** Newest first. */
	latest: HermesLatestWork[]
	/** Of instances whose latest work is not, or no longer, known. */
	latestNotes: HermesNote[]
	hasLatest: boolean
	latestEmpty: string | null
}

export interface HermesOverviewCounts {
	instances: HermesCount
	running: HermesCount
	/** Whether they run is not known. */
	runningUnknown: HermesCount
	healthy: HermesCount
	critical: HermesCount
	warn: HermesCount
	unknown: HermesCount
	/** What would need someone, had nobody answered it. */
	acknowledged: HermesCount
	snoozed: HermesCount
	silenced: HermesCount
}

export interface HermesNoInstances {
	text: string | null
	hint: string
	command: string
}

export interface HermesInstanceCard {
	instanceId: HermesInstanceId
	ref: HermesInstanceRef
	/** Short: for a sentence or a switch. */
	name: string
	href: HermesHref
	status: HermesStatus
	/** "healthy", "degraded", "down", "switched off", "partly unknown", "unknown". */
	word: string
	reportedAt: HermesTime | null
	reportedText: string
	reportedExact: string
	readings: HermesReading[]
	moreText: string | null
	/** Null when they could not be counted. */
	sessions: HermesSessionCounts | null
	actions: HermesAction[]
	links: HermesLink[]
	hasActions: boolean
	/** Of the last day; null where the ledger could not be read. */
	strip: HermesStrip | null
	uptimeText: string | null
	/** To its other panes. */
	ways: HermesWay[]
}

export interface HermesWay {
	label: string
	href: HermesHref
}

/** A figure of today, and of the days before. */
export interface HermesTrend {
	/** sessions, alerts, backup, cost. */
	id: string
	label: string
	value: number | null
	valueText: string
	detail: string
	href: HermesHref
	spark: HermesSpark
}

export interface HermesChanges {
	lookedAt: HermesTime
	lookedText: string
	lookedExact: string
	items: HermesChange[]
	hasItems: boolean
	summary: string
}

export interface HermesChange {
	instanceId: HermesInstanceId
	instanceLabel: string
	/** opened, healed (opened and over since then), closed, version. */
	kind: string
	status: HermesStatus
	word: string
	text: string
	happenedAt: HermesTime | null
	happenedText: string
	happenedExact: string
}

export interface HermesSessionCounts {
	total: HermesCount | null
	open: HermesCount | null
	active: HermesCount | null
	messages: HermesCount | null
}

export interface HermesHostCard {
	instanceId: HermesInstanceId
	ref: null
	hostname: string | null
	status: HermesStatus
	word: string
	reportedAt: HermesTime | null
	reportedText: string
	reportedExact: string
	readings: HermesReading[]
}

export interface HermesLatestWork {
	instanceId: HermesInstanceId
	ref: HermesInstanceRef
	instanceLabel: string
	id: string | null
	/** Of its own page; null for an id that no address can hold. */
	href: HermesHref | null
	title: string | null
	isUntitled: boolean
	/** telegram, cli, cron, ...: an open set. */
	source: string
	model: string | null
	status: HermesStatus
	state: string
	word: string
	messages: HermesCount | null
	messagesText: string
	startedAt: HermesTime | null
	startedText: string
	startedExact: string
	lastActiveAt: HermesTime | null
	lastActiveText: string
	lastActiveExact: string
	costUsd: HermesUsd | null
}

/* --- GET /api/hermes/ops -------------------------------------------------------------------------- */

/** @schema ops */
export interface HermesOpsSnapshot extends HermesPane {
	/** "38 readings, one could not be taken" */
	headline: string
	backupsHref: HermesHref
	/** The chosen filter. */
	severity: 'all' | 'critical' | 'warning' | 'unknown' | 'fine'
	filters: HermesFilter[]
	/** Instances and the machine, the worst first. */
	cards: HermesOpsCard[]
}

export interface HermesOpsCard {
	instanceId: HermesInstanceId
	/** Null for the machine. */
	ref: HermesInstanceRef | null
	name: string
	status: HermesStatus
	word: string
	/** By group, the worst first; at most 100, or 20 with many instances. */
	readings: HermesOpsReading[]
	emptyText: string | null
	moreText: string | null
	user: string
	exporterText: string
	actions: HermesAction[]
	links: HermesLink[]
	hasActions: boolean
}

export interface HermesOpsReading extends HermesReading {
	groupLabel: string
	/** On the first of a group. */
	groupHeading: string | null
	/** Where it needs someone. */
	severityTag: string | null
}

/* --- GET /api/hermes/backups ---------------------------------------------------------------------- */

/**
 * What the loops did, by each instance's own ledger: thirty days of backups, the last restore drill; and how alike instances are kept.
 * @schema backups
 */
export interface HermesBackups extends HermesPane {
	/** "One of two backups is fresh, none is proven to restore" */
	headline: string
	/** Name of the zone that the days are of. */
	timeZone: string
	timeZoneText: string
	notificationsHref: HermesHref
	opsHref: HermesHref
	parity: HermesParity
	/** At most 20. */
	instances: HermesBackupsCard[]
	moreText: string | null
}

/** A row an instance, a column a reading of the loops. */
export interface HermesParity {
	/** Those of which any instance tells. */
	columns: HermesParityColumn[]
	rows: HermesParityRow[]
	/** "Not alike: restore drill."; null where there is one instance, or none. */
	text: string | null
	hasRows: boolean
}

export interface HermesParityColumn {
	id: string
	label: string
	/** Every instance has the same status. */
	isEven: boolean
}

export interface HermesParityRow {
	instanceId: HermesInstanceId
	label: string
	cells: HermesParityCell[]
}

export interface HermesParityCell {
	instanceId: HermesInstanceId
	/** The column's. */
	label: string
	/** The reading; null where this instance does not tell. */
	reading: string | null
	status: HermesStatus
	word: string
	detail: string | null
	href: HermesHref | null
}

export interface HermesBackupsCard {
	instanceId: HermesInstanceId
	ref: HermesInstanceRef
	name: string
	user: string
	/** Of the reading “Backup”. */
	status: HermesStatus
	word: string
	maxAgeText: string | null
	/** Why its ledger could not be read. */
	unread: string | null
	runbookHref: HermesHref
	/** Null where the ledger could not be read. */
	strip: HermesBackupStrip | null
	drillRunbookHref: HermesHref
	/** The last one; null where there was none, or the ledger could not be read. */
	drill: HermesLastDrill | null
	drillEmpty: string | null
	/** Those before it, the newest first. */
	drills: HermesDrill[]
	hasDrills: boolean
}

export interface HermesBackupStrip {
	/** For ears: "30 days: 3 failed, 2 late and 25 fresh" */
	summary: string
	/** Of the drawing. */
	width: HermesCount
	/** When it begins: "26 Oct". */
	fromText: string
	counts: HermesBackupDayCount[]
	/** The newest first. */
	days: HermesBackupDay[]
}

export interface HermesBackupDayCount {
	state: HermesBackupDayState
	word: string
	days: HermesCount
}

/** "none": no run, and none was due. "before": before the first run. "failed" is refused, too. */
export type HermesBackupDayState = 'fresh' | 'late' | 'failed' | 'none' | 'before'

/** A day of the zone. What ran is told of its last run. */
export interface HermesBackupDay {
	date: string
	name: string
	state: HermesBackupDayState
	status: HermesStatus
	word: string
	/** What ran, when, what it pushed; or why not. */
	text: string
	/** Of the drawing. */
	x: HermesCount
	width: HermesCount
	runs: HermesCount
	failures: HermesCount
	ranAt: HermesTime | null
	ranText: string
	ranExact: string
	took: HermesSeconds | null
	/** What it pushed. */
	commit: string | null
	files: HermesCount | null
	changed: HermesCount | null
	error: string | null
}

export interface HermesDrill {
	instanceId: HermesInstanceId
	state: 'proven' | 'failed' | 'refused'
	status: HermesStatus
	word: string
	text: string
	ranAt: HermesTime | null
	ranText: string
	ranExact: string
	took: HermesSeconds | null
	commit: string | null
	commitText: string | null
	remote: string | null
	files: HermesCount | null
	bytes: HermesCount | null
	bytesText: string | null
	checked: HermesCount | null
	/** Findings. */
	failed: HermesCount | null
	checkedText: string | null
	error: string | null
}

export interface HermesLastDrill extends HermesDrill {
	receipt: HermesShownReceipt | null
	/** Why there is none to show. */
	receiptEmpty: string | null
}

/** What a receipt says, as far as it can be understood. */
export interface HermesShownReceipt {
	/** "hmc 1.0.0" */
	madeBy: string | null
	backupMadeAt: HermesTime | null
	backupMadeText: string
	backupMadeExact: string
	steps: HermesShownReceiptStep[]
	counts: HermesShownReceiptCount[]
	hasCounts: boolean
	/** What would not restore. */
	findings: string[]
	hasFindings: boolean
	/** What is different, and may be. */
	told: string[]
	hasTold: boolean
}

export interface HermesShownReceiptStep {
	/** clone, restore, compare, read, live. */
	id: string
	label: string
	took: HermesSeconds
	tookText: string
}

export interface HermesShownReceiptCount {
	kind: string
	backup: HermesCount | null
	live: HermesCount | null
	backupText: string
	liveText: string
	isDifferent: boolean
}

/* --- GET /api/hermes/notifications ---------------------------------------------------------------- */

/**
 * Messages to people, the newest first, and what became of each: a page of them.
 * @schema notifications
 */
export interface HermesNotifications extends HermesPane {
	/** "Messages: one refused and two waiting" */
	headline: string
	alertsHref: HermesHref
	/** How telling goes, an instance each; at most 20. */
	delivery: HermesDeliveryState[]
	hasDelivery: boolean
	states: HermesAlertChoice[]
	/** The chosen ones. */
	state: 'all' | 'sent' | 'waiting' | 'refused' | 'unclear' | 'merged'
	alert: string | null
	clearHref: HermesHref | null
	messages: HermesMessage[]
	hasMessages: boolean
	emptyText: string | null
	/** For the parameter cursor. Null on the last page. */
	nextCursor: string | null
	olderHref: HermesHref | null
	newestHref: HermesHref | null
	notes: HermesNote[]
}

/** The reading “Notifications” of one instance. */
export interface HermesDeliveryState {
	instanceId: HermesInstanceId
	instanceLabel: string
	status: HermesStatus
	word: string
	detail: string | null
	/** Where it needs someone. */
	why: string | null
	href: HermesHref | null
	runbookHref: HermesHref
}

export interface HermesMessage {
	/** The instance and the number of the row in its ledger: "bheem/17". */
	id: string
	instanceId: HermesInstanceId
	instanceLabel: string
	/** "New alert", "Over", "Reminder", "Morning line", "Watch", "Done", "Test" */
	kind: string
	/** Unclear: it may have arrived, and is not sent again. Merged: another one tells it. */
	state: 'sent' | 'waiting' | 'refused' | 'unclear' | 'merged'
	status: HermesStatus
	word: string
	/** Of the alert that it is about. */
	severity: HermesSeverity | null
	/** The text's first line, and the others. */
	title: string | null
	lines: string[]
	hasLines: boolean
	madeAt: HermesTime | null
	madeText: string
	madeExact: string
	/** When its last request began; null: none has. */
	sentAt: HermesTime | null
	sentText: string
	sentExact: string
	/** "sent", or "tried" where it is not known to have arrived. */
	sentLabel: string
	tries: HermesCount
	triesText: string | null
	/** As the other side numbered it. */
	messageId: string | null
	/** Its number in the instance's book, below zero: in the machine's; alertHref leads to all messages about it. */
	alert: string | null
	alertText: string | null
	alertHref: HermesHref | null
	/** The number of the message that tells it. */
	toldBy: string | null
	why: string | null
	/** What to do about it. */
	cure: string | null
}

/* --- GET /api/hermes/tasks ------------------------------------------------------------------------ */

/**
 * Work across instances, the newest first: a page of it.
 * @schema tasks
 */
export interface HermesTasks extends HermesPane {
	headline: string
	/** The chosen state; "all". */
	state: string
	states: HermesTaskState[]
	sources: HermesChoice[]
	spans: HermesChoice[]
	/** Where the time was given by from and to. */
	spanText: string | null
	/** The words that titles are searched for. */
	query: string | null
	clearHref: HermesHref | null
	/** The scheduled job whose work alone is shown. */
	jobId: string | null
	allJobsHref: HermesHref | null
	kept: HermesKept[]
	/** Of instances whose work is not, or no longer, known. */
	notes: HermesNote[]
	hasNotes: boolean
	/** With state late or paused: jobs that have not run, and so are no work yet. */
	jobs: HermesTaskJob[]
	hasJobs: boolean
	/** Tasks of kanban boards, where an instance has them: beside the first page, as boards keep no order in time. */
	kanban: HermesBoardTask[]
	hasKanban: boolean
	tasks: HermesTask[]
	hasTasks: boolean
	/** For the parameter cursor: the page after this one. Null on the last. */
	nextCursor: string | null
	olderHref: HermesHref | null
	newestHref: HermesHref | null
	/** Why the list is empty. */
	emptyText: string | null
}

export interface HermesTaskState extends HermesChoice {
	/** Null where they are not counted; up to 100. */
	count: HermesCount | null
	countText: string | null
}

export interface HermesTaskJob {
	instanceId: HermesInstanceId
	instanceLabel: string
	jobId: string
	href: HermesHref
	title: string
	status: HermesStatus
	word: string
	detail: string | null
}

/** A task of a kanban board, as the report has it. */
export interface HermesBoardTask {
	instanceId: HermesInstanceId
	instanceLabel: string
	kind: 'kanban'
	id: string | null
	/** "default" or its slug. */
	board: string | null
	title: string | null
	assignee: string | null
	status: HermesStatus
	state: string
	word: string | null
	detail: string | null
	/** Else when it was made. */
	startedAt: HermesTime | null
	startedText: string
	startedExact: string
	endedAt: HermesTime | null
	endedText: string
	endedExact: string
}

/** A piece of work: a session, or a run of a scheduled job. */
export interface HermesTask {
	instanceId: HermesInstanceId
	instanceLabel: string
	kind: 'session' | 'run'
	id: string
	/** Of its own page; null for an id that no address can hold. */
	href: HermesHref | null
	title: string | null
	isUntitled: boolean
	/** telegram, cli, cron, ...: an open set. */
	source: string
	model: string | null
	jobId: string | null
	/** Of a run: the session that it was, where that is known. */
	sessionId: string | null
	/** The session that this one continues, or that began it. */
	parentId: string | null
	isArchived: boolean
	/** No longer in the instance's own database. */
	isGone: boolean
	status: HermesStatus
	/** active, stalled, open, ended, failed, ok, running, empty, silent, not-delivered, unknown. */
	state: string
	word: string
	detail: string | null
	took: HermesSeconds | null
	tookText: string | null
	messages: HermesCount | null
	messagesText: string
	toolCalls: HermesCount | null
	toolCallsText: string
	inputTokens: HermesCount | null
	outputTokens: HermesCount | null
	tokensText: string
	costUsd: HermesUsd | null
	costText: string
	startedAt: HermesTime | null
	startedText: string
	startedExact: string
	endedAt: HermesTime | null
	endedText: string
	endedExact: string
}

/* --- GET /api/hermes/agents ------------------------------------------------------------------------ */

/** @schema agents */
export interface HermesAgents extends HermesPane {
	/** The chosen instance, or "all". */
	choice: string
	headline: string
	/** There is more than one instance. */
	hasComparison: boolean
	differences: HermesDifferences
	agents: HermesAgentStatus[]
	isCompact: boolean
	hasAgents: boolean
	skills: HermesSkillSearch
}

/** Where instances part. */
export interface HermesDifferences {
	open: HermesCount
	/** Called so by an admin. */
	intended: HermesCount
	countText: string | null
	/** With many instances: by value instead of by instance. */
	isGrouped: boolean
	span: HermesCount
	hasRows: boolean
	columns: HermesDifferenceColumn[]
	rows: HermesDifference[]
	sharedKeys: HermesSharedKeys[]
	sharedMore: string | null
	notes: HermesNote[]
	marksText: string | null
	emptyText: string | null
}

export interface HermesDifferenceColumn {
	instanceId: HermesInstanceId
	name: string
}

export interface HermesDifference {
	key: string
	/** It is of all of them. */
	instanceId: null
	label: string
	/** Of the values: a new value is a new difference. */
	seen: string
	isIntended: boolean
	word: string
	markedBy: string | null
	markedAt: HermesTime | null
	markedText: string
	markedExact: string
	values: HermesDifferenceValue[]
	groups: HermesDifferenceGroup[]
	groupsMore: string | null
}

export interface HermesDifferenceValue {
	instanceId: HermesInstanceId
	isKnown: boolean
	isOdd: boolean
	text: string
}

export interface HermesDifferenceGroup {
	instanceIds: HermesInstanceId[]
	text: string
	count: HermesCount
	countText: string
	names: string | null
	isKnown: boolean
	isOdd: boolean
}

/** Keys that several homes have in common; told by fingerprint, never by value. */
export interface HermesSharedKeys {
	instanceIds: HermesInstanceId[]
	instanceId: null
	label: string
	status: HermesStatus
	word: string
	why: string
	runbookHref: HermesHref
	keys: HermesSharedKey[]
}

export interface HermesSharedKey {
	name: string | null
	fingerprint: string
	fingerprintText: string
}

/** What an instance is made of. */
export interface HermesAgentStatus {
	instanceId: HermesInstanceId
	ref: HermesInstanceRef
	name: string
	href: HermesHref
	status: HermesStatus
	word: string
	modelText: string | null
	/** For programs; null where there is no report that can be used. */
	facts: HermesAgentFacts | null
	/** For people. */
	rows: HermesAgentRow[]
}

export interface HermesAgentFacts {
	version: string | null
	model: string | null
	provider: string | null
	approvalsMode: string | null
	approvalsFrom: string | null
	approvalsCron: string | null
	redactSecrets: boolean | null
	redactPii: boolean | null
	timezone: string | null
	toolsets: string[]
	platforms: string[]
	mcpServers: string[]
	/** The lists were longer. */
	isCut: boolean
	memory: HermesMemoryFill | null
	userMemory: HermesMemoryFill | null
	skills: HermesCount | null
	skillsEnabled: HermesCount | null
	/** Made here. */
	skillsOwn: HermesCount | null
	isPaused: boolean
}

export interface HermesMemoryFill {
	entries: HermesCount | null
	characters: HermesCount | null
	limit: HermesCount | null
}

export interface HermesAgentRow extends HermesReading {
	items: HermesAgentItem[]
	hasItems: boolean
}

export interface HermesAgentItem {
	label: string | null
	text: string | null
}

export interface HermesSkillSearch {
	query: string | null
	list: HermesSkillFound[]
	total: HermesCount
	found: HermesCount
	hasList: boolean
	summaryText: string
	emptyText: string | null
	moreText: string | null
	noteText: string | null
}

export interface HermesSkillFound {
	/** The instances stand below. */
	instanceId: null
	name: string | null
	category: string | null
	origin: string | null
	whoText: string
	usesText: string | null
	instanceCount: HermesCount
	instances: HermesSkillUse[]
}

export interface HermesSkillUse {
	instanceId: HermesInstanceId
	origin: string | null
	isEnabled: boolean | null
	uses: HermesCount | null
	lastUsedAt: HermesTime | null
	lastUsedText: string
	lastUsedExact: string
}

/* --- GET /api/hermes/audit: for admins ------------------------------------------------------------- */

/** @schema audit */
export interface HermesAudit extends HermesPane {
	headline: string
	note: string
	/** Whether the log could be read at all: unknown, and emptyText says why. */
	logState: 'ok' | 'unknown'
	actions: HermesChoice[]
	/** The chosen one. */
	action: string
	/** The name that is asked for; null: anybody. */
	by: string | null
	clearHref: HermesHref | null
	kept: HermesKept[]
	/** Newest first: a page of them. */
	entries: HermesAuditEntry[]
	hasEntries: boolean
	emptyText: string | null
	/** For the parameter cursor. Null on the last page. */
	nextCursor: string | null
	olderHref: HermesHref | null
	newestHref: HermesHref | null
	notes: HermesAuditNote[]
}

export interface HermesAuditEntry {
	id: string
	/** Null: all instances, or none in particular. */
	instanceId: HermesInstanceId | null
	instanceLabel: string | null
	doneAt: HermesTime | null
	doneText: string
	doneExact: string
	/** The subject of the token. */
	by: string
	role: string | null
	action: string
	actionText: string
	target: string | null
	detail: string | null
	pane: string | null
	/** As the answer said in X-Request-Id. */
	requestId: string | null
	/** Unknown: nothing was written after it. */
	outcome: 'done' | 'failed' | 'unknown'
	status: HermesStatus
	word: string
	/** Of a failure. */
	why: string | null
}

export interface HermesAuditNote {
	instanceId: HermesInstanceId | null
	text: string
}

/* --- GET /api/hermes/alerts ------------------------------------------------------------------------ */

/** @schema alerts */
export interface HermesAlerts extends HermesPane {
	headline: string
	note: string
	/** When somebody was last told of anything. */
	tellingText: string
	notificationsHref: HermesHref
	shows: HermesAlertChoice[]
	severities: HermesAlertChoice[]
	/** The chosen ones. */
	show: 'all' | 'open' | 'acknowledged' | 'snoozed' | 'silenced' | 'closed'
	severity: 'all' | 'critical' | 'warning' | 'unknown'
	/** The words that titles are searched for. */
	query: string | null
	clearHref: HermesHref | null
	kept: HermesKept[]
	/** The chosen instance, or "all". */
	choice: string
	/** Worst first; at most 200, together with those in "answered". */
	open: HermesAlert[]
	hasOpen: boolean
	showsOpen: boolean
	openEmpty: string | null
	openMore: string | null
	/** Open, too, but answered. */
	answered: HermesAlertGroup[]
	silences: HermesSilence[]
	hasSilences: boolean
	/** What the forms offer; "tomorrow" is 8:00 in the zone. */
	snoozeChoices: HermesUntilChoice[]
	silenceChoices: HermesUntilChoice[]
	zone: string
	/** The last opened first: a page of them. */
	closed: HermesEvent[]
	hasClosed: boolean
	showsClosed: boolean
	closedEmpty: string | null
	/** Of closed ones, for the parameter cursor. Null on the last page. */
	nextCursor: string | null
	olderHref: HermesHref | null
	newestHref: HermesHref | null
	notes: HermesNote[]
}

export interface HermesAlertChoice extends HermesChoice {
	countText: string | null
}

export interface HermesUntilChoice {
	value: string
	label: string
}

export interface HermesAlertGroup {
	id: 'acknowledged' | 'snoozed' | 'silenced'
	label: string
	alerts: HermesAlert[]
	hasAlerts: boolean
	empty: string | null
	more: string | null
}

/** A rule by which alerts are held back, whether or not there are any. */
export interface HermesSilence extends HermesAnswerFacts {
	instanceLabel: string
	status: HermesStatus
	word: string
	/** A reading, or a family as cron.* */
	rule: string
	/** How many alerts it names now. */
	holds: HermesCount
	text: string
}

/** How many messages there are about an alert. */
export interface HermesAlertTold {
	sent: HermesCount
	waiting: HermesCount
	refused: HermesCount
	/** May not have arrived. */
	unclear: HermesCount
	/** Told together with others. */
	merged: HermesCount
	/** The last one that arrived. */
	sentAt: HermesTime | null
	sentText: string
	sentExact: string
	text: string
	href: HermesHref
}

/** What needs someone now, or would. */
export interface HermesAlert {
	id: string
	instanceId: HermesInstanceId
	instanceLabel: string
	state: 'open' | 'acknowledged' | 'snoozed' | 'silenced'
	status: HermesStatus
	severity: HermesSeverity
	word: string
	title: string
	why: string | null
	cause: string | null
	/** Null where the ledger does not tell. */
	openedAt: HermesTime | null
	openedText: string
	openedExact: string
	sinceText: string
	/** False while it was seen too seldom to be told of. */
	isBooked: boolean
	/** How often it was back within an hour of being over. */
	reopened: HermesCount
	/** Between good and bad, while it was open. */
	changes: HermesCount
	/** It comes and goes, and stays open until it is calm. */
	isUnsteady: boolean
	/** Runs of the exporter that did not happen while it was open. */
	readingsMissed: HermesCount
	/** Null where nothing was said of it, or that is not known. */
	told: HermesAlertTold | null
	/** Of a scheduled job. */
	runsMissed: HermesCount | null
	reading: HermesReading
	answer: HermesAnswer | null
	/** On a page of very many the last ones have no form. */
	canAnswer: boolean
	/** To be sent with an answer: what was seen. */
	seen: string
	/** "cron.*": what a silence could hold back at once. */
	family: string | null
}

/** What needed someone, and is over. */
export interface HermesEvent {
	id: string
	instanceId: HermesInstanceId
	instanceLabel: string
	state: 'closed'
	status: HermesStatus
	/** The worst that it had. */
	severity: HermesSeverity
	word: string
	title: string
	readingId: string
	openedAt: HermesTime | null
	openedText: string
	openedExact: string
	closedAt: HermesTime | null
	closedText: string
	closedExact: string
	lasted: HermesInteger
	why: string
	/** Null where an earlier version did not say. */
	ended: 'recovered' | 'explained' | 'off' | 'gone' | null
	/** The reading that explains it. */
	cause: string | null
	/** Who acknowledged, snoozed or silenced it last. */
	answeredBy: string | null
	reopened: HermesCount
	changes: HermesCount
	isUnsteady: boolean
	readingsMissed: HermesCount
	/** Null where nothing was said of it, or that is not known. */
	told: HermesAlertTold | null
}

/* --- GET /api/hermes/posture ---------------------------------------------------------------------- */

/** @schema posture */
export interface HermesPosture extends HermesPane {
	/** "Private, with two things undecided" */
	headline: string
	note: string
	/** Of guardrails, by their word. */
	counts: HermesPostureCounts
	/** Those that have any; the machine's own come with all instances alone. */
	sections: HermesPostureSection[]
	/** Of Mission Control itself. */
	ourselves: HermesPostureSection
	surface: HermesSurface
}

export interface HermesPostureCounts {
	holds: HermesCount
	/** Nobody has said how it is to be. */
	undecided: HermesCount
	/** One instance has what another lacks. */
	uneven: HermesCount
	broken: HermesCount
	/** It is not as it was decided. */
	drifted: HermesCount
	/** Less than could be: a plain fact. */
	weaker: HermesCount
	/** Could not be found out; never counted as holding. */
	unknown: HermesCount
	planned: HermesCount
	/** There is nothing to guard. */
	none: HermesCount
}

export interface HermesPostureSection {
	/** "reach", "decisions", "credentials", "files", "exporters", "ourselves" */
	id: string
	label: string
	/** The worst first; at most 300. */
	checks: HermesGuardrail[]
	hasChecks: boolean
	moreText: string | null
}

/** One guardrail: word is one of the names of HermesPostureCounts. The instance is "host" for the machine, and for what is between instances. */
export interface HermesGuardrail extends HermesReading {
	/** What is guarded or, where that needs somebody, what is wrong; with the instance's name among many. */
	what: string
	why: string | null
}

/** What each process of Mission Control may do. */
export interface HermesSurface {
	rows: HermesSurfaceRow[]
	hasRows: boolean
	/** Why there are none of the machine's. */
	emptyText: string | null
}

export interface HermesSurfaceRow {
	instanceId: HermesInstanceId
	process: string
	user: string
	unit: string | null
	network: string
	reads: string
	writes: string
	capabilities: string
	/** Settings looser than those that the unit is shipped with; null where that cannot be told. */
	loosened: HermesCount | null
	loosenedText: string
	loosenedNames: string | null
}

/* --- GET /api/hermes/runbook ----------------------------------------------------------------------- */

/**
 * docs/runbook.md: a section for each reading, with what needs someone on top.
 * @schema runbook
 */
export interface HermesRunbook extends HermesPane {
	attention: HermesAttention[]
	hasAttention: boolean
	attentionMore: string | null
	/** The section that was asked for; null for all. */
	reading: string | null
	isWhole: boolean
	wholeHref: HermesHref
	intro: HermesTextBlock[]
	groups: HermesRunbookGroup[]
}

export interface HermesRunbookGroup {
	title: string
	blocks: HermesTextBlock[]
	sections: HermesRunbookSection[]
}

export interface HermesRunbookSection {
	/** Of readings; families have one: "platform.name". */
	id: string
	title: string
	href: HermesHref
	blocks: HermesTextBlock[]
}

/** One of the three. */
export interface HermesTextBlock {
	paragraph: HermesTextSpans | null
	list: HermesTextList | null
	code: HermesTextCode | null
}

export interface HermesTextSpans {
	spans: HermesTextSpan[]
}

export interface HermesTextList {
	items: HermesTextSpans[]
}

export interface HermesTextCode {
	commands: HermesTextCommand[]
}

export interface HermesTextCommand {
	text: string
}

/** One of the five. */
export interface HermesTextSpan {
	text: string | null
	code: string | null
	strong: string | null
	emphasis: string | null
	link: HermesTextLink | null
}

export interface HermesTextLink {
	label: string
	href: string
}

/* --- GET /api/hermes/history ----------------------------------------------------------------------- */

/**
 * What happened by day, in days of the chosen time zone.
 * @schema history
 */
export interface HermesHistory extends HermesPane {
	/** Of instances that are no part of the figures, and why. */
	notes: HermesNote[]
	notesMore: string | null
	headline: string
	explanation: string
	/** When the first day begins. */
	fromAt: HermesTime | null
	fromText: string
	fromExact: string
	/** 7, 30, 90. */
	days: HermesCount
	/** "Asia/Kolkata" */
	timeZone: string
	timeZoneText: string
	/** The chosen instance, or "all". */
	choice: string
	spans: HermesChoice[]
	zones: HermesChoice[]
	zoneHints: string[]
	hasCharts: boolean
	emptyText: string | null
	charts: HermesChart[]
	/** With several: each in small. */
	instances: HermesHistoryInstance[]
	hasInstances: boolean
	instancesMore: string | null
}

export interface HermesHistoryInstance {
	instanceId: HermesInstanceId
	label: string
	href: HermesHref
	sessionsText: string
	/** Percent of the time observed. */
	availability: number | null
	availabilityText: string
	observedText: string
	spark: HermesSpark
}

/* --- GET /api/hermes/products ---------------------------------------------------------------------- */

/** @schema products */
export interface HermesProducts extends HermesPane {
	headline: string
	counts: HermesProductCounts
	/** Why nothing is known of any. */
	darkText: string | null
	/** Why there are no strips. */
	pastText: string | null
	none: HermesNoProducts | null
	/** Worst first. */
	products: HermesProduct[]
	/** Entries without a source: nothing is read of them. */
	planned: HermesProduct[]
	hasProducts: boolean
	hasPlanned: boolean
}

export interface HermesProductCounts {
	products: HermesCount
	well: HermesCount
	needLook: HermesCount
	unknown: HermesCount
	planned: HermesCount
}

export interface HermesNoProducts {
	text: string
	command: string | null
	href: HermesHref | null
}

/** A service of the configuration, and how it is; as a judgement its id is the product's, and reading the judgement's. */
export interface HermesProduct extends HermesJudgement {
	/** Whose it is; null: the machine's. */
	instanceId: HermesInstanceId | null
	/** "product.<id>" */
	reading: string
	name: string
	instanceLabel: string | null
	instanceHref: HermesHref | null
	/** As it may be shown: without a query. */
	url: string | null
	unit: string | null
	why: string | null
	httpStatus: HermesCount | null
	latency: HermesSeconds | null
	/** Whether the expected text was in the answer. */
	textFound: boolean | null
	certificateUntil: HermesTime | null
	certificateDaysLeft: HermesInteger | null
	unitState: string | null
	checkedAt: HermesTime | null
	checkedText: string
	checkedExact: string
	facts: HermesProductFact[]
	links: HermesProductLink[]
	hasLinks: boolean
	/** Share of the last 24 hours, as far as observed: 0 to 1. */
	uptime: number | null
	uptimeText: string | null
	strip: HermesStrip | null
}

export interface HermesProductFact {
	label: string
	value: string
	detail: string | null
}

export interface HermesProductLink {
	label: string
	url: string
}

/* --- GET /api/hermes/tasks/<instance>/<session>, /api/hermes/tasks/<instance>/runs/<n> ------------- */

/**
 * One piece of work, with its messages as far as the instance's policy allows.
 * @schema task
 */
export interface HermesTaskPage extends HermesPane {
	crumbs: HermesTaskCrumbs
	task: HermesTaskDetail
	/** For people. */
	facts: HermesTaskFact[]
	notes: HermesNote[]
	/** Of a run of a scheduled job; null for a session. */
	run: HermesRun | null
	/** Of a session that such a run was. */
	runHref: HermesHref | null
	timeline: HermesTimeline
	lineage: HermesLineage[]
	hasLineage: boolean
	/** What each model did of it. */
	models: HermesModelUse[]
	hasModels: boolean
}

export interface HermesTaskCrumbs {
	listHref: HermesHref
	instanceHref: HermesHref
	instanceLabel: string
}

export interface HermesTaskDetail {
	instanceId: HermesInstanceId
	instanceLabel: string
	kind: 'session' | 'run'
	id: string | null
	title: string | null
	isUntitled: boolean
	source: string | null
	model: string | null
	status: HermesStatus
	/** As in HermesTask. */
	state: string
	word: string
	detail: string | null
	rule: string | null
	startedAt: HermesTime | null
	startedText: string
	startedExact: string
	endedAt: HermesTime | null
	endedText: string
	endedExact: string
	lastActiveAt: HermesTime | null
	lastActiveText: string
	lastActiveExact: string
	took: HermesSeconds | null
	tookText: string | null
	isOver: boolean
	messages: HermesCount | null
	toolCalls: HermesCount | null
	inputTokens: HermesCount | null
	outputTokens: HermesCount | null
	cacheReadTokens: HermesCount | null
	cacheWriteTokens: HermesCount | null
	reasoningTokens: HermesCount | null
	costUsd: HermesUsd | null
	costStatus: string | null
	endReason: string | null
	endText: string | null
	/** Beginning of the first message; only where excerpts may be published. */
	preview: string | null
	isArchived: boolean
	isHidden: boolean
	isGone: boolean
}

export interface HermesTaskFact {
	label: string
	text: string
	isLong: boolean
	at: HermesTime | null
	exact: string | null
}

/** A run of a scheduled job. */
export interface HermesRun {
	instanceId: HermesInstanceId
	/** The ledger's own, in its address. */
	number: string
	jobId: string | null
	jobName: string | null
	/** The job is still there. */
	hasJob: boolean
	schedule: string | null
	startedBy: string | null
	outcome: string | null
	error: string | null
	/** Name of the file that it left; its text is not published. */
	output: string | null
	outputBytes: HermesCount | null
	delivery: string | null
	previous: HermesRunBeside | null
	next: HermesRunBeside | null
	sessionHref: HermesHref | null
}

export interface HermesRunBeside {
	instanceId: HermesInstanceId
	number: string
	href: HermesHref
	atAt: HermesTime | null
	atText: string
	atExact: string
	outcome: string | null
}

/** Messages and tool calls, the oldest first: a page of them. */
export interface HermesTimeline {
	entries: HermesTimelineEntry[]
	isKnown: boolean
	hasEntries: boolean
	summaryText: string | null
	emptyText: string | null
	moreText: string | null
	messages: HermesCount | null
	/** Of a long one the beginning and the end are kept. */
	leftOut: HermesCount | null
	policy: 'counts' | 'titles' | 'excerpts' | null
	policyText: string
	hasPages: boolean
	firstHref: HermesHref | null
	previousHref: HermesHref | null
	nextHref: HermesHref | null
	newestHref: HermesHref | null
}

export interface HermesTimelineEntry {
	kind: 'message' | 'tool' | 'gap'
	instanceId: HermesInstanceId
	/** Of the message, for the parameter after. */
	id: string | null
	isGap: boolean
	gapText: string | null
	/** Who speaks, or which tool. */
	name: string | null
	role: string | null
	isPerson: boolean
	/** An excerpt, redacted, where the policy allows it. */
	text: string | null
	argumentsText: string | null
	finish: string | null
	finishText: string | null
	at: HermesTime | null
	timeText: string | null
	until: HermesTime | null
	untilText: string | null
	dayText: string | null
	took: HermesSeconds | null
	tookText: string | null
	bytes: HermesCount | null
	argumentBytes: HermesCount | null
	sizeText: string | null
	/** Calls of one tool in a row, as one entry. */
	count: HermesCount
	countText: string | null
	tokens: HermesCount | null
	isFailed: boolean
	status: HermesStatus | null
	word: string | null
	exitCode: HermesInteger | null
	exitText: string | null
	/** active; or why it is out of the conversation: inactive, compacted. */
	mark: string
	markText: string | null
}

/** Sessions that belong to this one. */
export interface HermesLineage {
	/** compression, branch, reset, subagent, other. */
	relation: string
	direction: 'from' | 'to'
	sessions: HermesRelative[]
	label: string
	count: HermesCount
	moreText: string | null
}

export interface HermesRelative {
	instanceId: HermesInstanceId
	id: string | null
	title: string
	isUntitled: boolean
	href: HermesHref | null
	startedAt: HermesTime | null
	startedText: string
	startedExact: string
}

export interface HermesModelUse {
	instanceId: HermesInstanceId
	model: string | null
	requests: HermesCount | null
	inputTokens: HermesCount | null
	outputTokens: HermesCount | null
	inputText: string
	outputText: string
	costUsd: HermesUsd | null
	costText: string
}

/* --- GET /api/hermes/cron -------------------------------------------------------------------------- */

/** @schema cron */
export interface HermesCronPane extends HermesPane {
	headline: string
	/** The chosen filter. */
	state: 'all' | 'failed' | 'late' | 'paused' | 'ok'
	filters: HermesFilter[]
	/** An instance each, the worst first. */
	cards: HermesCronCard[]
}

export interface HermesCronCard {
	instanceId: HermesInstanceId
	name: string
	user: string
	status: HermesStatus
	word: string
	scheduler: HermesReading | null
	heartbeatAt: HermesTime | null
	heartbeatText: string
	heartbeatExact: string
	tasksHref: HermesHref
	notes: HermesNote[]
	/** Worst first; at most 100 in all. */
	jobs: HermesCronJobCard[]
	hasJobs: boolean
	emptyText: string | null
	moreText: string | null
	moreHref: HermesHref | null
}

/** A scheduled job: its judgement, its schedule, its last and its next run. */
export interface HermesCronJobCard extends HermesReading {
	jobId: string | null
	rule: string | null
	/** "every day at 07:30" */
	scheduleText: string
	/** The cron expression. */
	scheduleExpr: string | null
	/** cron, interval, once. */
	scheduleKind: string | null
	/** The clock that expression and words go by. */
	scheduleZone: string | null
	period: HermesSeconds | null
	/** So late it may start, by Hermes's own rule. */
	grace: HermesSeconds | null
	graceText: string | null
	lastRunAt: HermesTime | null
	lastRunText: string
	lastRunExact: string
	lastRunHref: HermesHref | null
	lastStatus: string | null
	lastError: string | null
	lastDeliveryError: string | null
	nextRunAt: HermesTime | null
	nextRunText: string
	nextRunExact: string
	nextText: string
	deliver: string | null
	runs: HermesCount | null
	/** Null: for ever, or not told. */
	runsWanted: HermesCount | null
	repeatText: string
	failureStreak: HermesCount | null
	lateSinceAt: HermesTime | null
	lateSinceText: string
	lateSinceExact: string
	lateText: string | null
	pausedAt: HermesTime | null
	pausedText: string
	pausedExact: string
	pausedReason: string | null
	createdAt: HermesTime | null
	createdText: string
	createdExact: string
	/** The last 30 times that it was due; null where they are not known. */
	strip: HermesCronStrip | null
	noStrip: string | null
}

export interface HermesCronStrip {
	/** How many. */
	slots: HermesCount
	/** For ears: "30 slots: 27 ok, 2 failed, 1 missed". */
	summary: string
	width: HermesCount
	fromAt: HermesTime | null
	toAt: HermesTime | null
	/** One a slot. */
	runs: HermesCronSlot[]
}

/** A time at which a job was due, and what became of it. */
export interface HermesCronSlot {
	/** A class of the stylesheet: decide by state. */
	status: string
	/** ok, failed, late, missed, not-delivered, empty, running, waiting, paused, unknown, not-observed, before. */
	state: string
	word: string
	dueAt: HermesTime | null
	runAt: HermesTime | null
	/** Of the run that belongs to it. */
	href: HermesHref | null
	x: HermesCount
	width: HermesCount
	text: string
}

/* --- report.json: what an exporter publishes ------------------------------------------------------ */

/** How well something is known. */
export interface HermesProbe {
	/** ok: the facts beside it may be read. inactive: found out that there is none. unknown: could not find out. */
	state: 'unknown' | 'inactive' | 'ok'
	/** Set unless the state is ok. */
	reason: string | null
	/** What was read. */
	source: string | null
	takenAt: HermesTime | null
	took: HermesSeconds
}

/**
 * `<stateDir>/reports/<id>/report.json` of an instance.
 * @schema report-instance
 */
export interface HermesReport {
	kind: 'instance'
	schemaVersion: 1
	instanceId: HermesInstanceId
	generatedAt: HermesTime
	exporter: HermesExporter
	opened: HermesOpened
	readings: HermesReportReadings
}

/** What the ledger held to be open when the run began. */
export interface HermesOpened extends HermesProbe {
	alerts: HermesOpenedAlert[]
}

export interface HermesOpenedAlert {
	reading: string | null
	openedAt: HermesTime | null
}

/** Who wrote the report, how often it means to, and what it left out. */
export interface HermesExporter {
	version: string | null
	user: string | null
	/** "system timer", "user timer", "by hand". */
	flavour: string | null
	/** Seconds between two reports; 0: once, by hand. */
	interval: HermesCount | null
	took: HermesSeconds
	/** When somebody last asked for a new report, which this one answers; null: nobody has. */
	askedAt?: HermesTime | null
	/** How much of the instance's content may be in it. */
	publish: 'counts' | 'titles' | 'excerpts'
	/** Addresses, phone and card numbers are replaced too. */
	privacy: boolean | null
	/** Pieces of text that were replaced before publishing. */
	redactions: HermesCount
	redacted: HermesRedaction[]
	/** Readings that this run did not come to. */
	skipped: string[]
}

export interface HermesRedaction {
	rule: string
	hits: HermesCount
}

export interface HermesReportReadings {
	hermes: HermesVersion
	gatewayUnit: HermesUnit
	gateway: HermesGateway
	dashboardUnit: HermesUnit
	backupTimer: HermesTimer
	backupRepo: HermesRepo
	sessions: HermesSessions
	cron: HermesCron
	life: HermesLife
	gatewaySockets: HermesGatewaySockets
	dashboard: HermesHttpAnswer
	google: HermesGoogleToken
	payload: HermesPayload
	storage: HermesStorage
	settings: HermesSettings
	memory: HermesMemoryFile
	userMemory: HermesMemoryFile
	skills: HermesSkills
	extensions: HermesExtensions
	profiles: HermesProfiles
	keys: HermesKeys
	kanban: HermesKanban
	secretFiles: HermesSecretFiles
	pushCredential: HermesPushCredential
	sandbox: HermesSandbox
	loops: HermesLoops
}

/** A file or folder, by what stat() says of it. */
export interface HermesFileGuard {
	/** Below the home, or absolute. */
	path: string | null
	/** For people: "keys and bot tokens". */
	holds: string | null
	owner: string | null
	group: string | null
	/** Permission bits, as a number: 384 is 0600. */
	mode: HermesInteger | null
	/** Nobody but its owner, or the owner's own group, has rights on it, by its mode or by a closed folder around it. */
	isPrivate: boolean | null
	changedAt: HermesTime | null
	/** Why nothing of it could be told. */
	reason: string | null
}

/** What of a home holds secrets, as far as it is there. */
export interface HermesSecretFiles extends HermesProbe {
	homeOwner: string | null
	homeMode: HermesInteger | null
	files: HermesFileGuard[]
}

/** How a backup is pushed, as far as that is known without using the credential. */
export interface HermesPushCredential extends HermesProbe {
	/** Without user, password, query. */
	remote: string | null
	/** "ssh", "https", "http", "git", "file". */
	transport: string | null
	/** "ssh key", "token in the URL", "token in .git/config", "token from a file", "credential helper". */
	kind: string | null
	kindFrom: string | null
	keyFile: string | null
	keyType: string | null
	keyFingerprint: string | null
	keyChangedAt: HermesTime | null
	keyIsPrivate: boolean | null
	repoOwner: string | null
	pushedBy: string | null
	pushedAt: HermesTime | null
	unit: string | null
	unitUser: string | null
	/** Why something of this is not known, and what would tell. */
	note: string | null
}

/** What the exporter's own process may do, by what the kernel says of it. */
export interface HermesSandbox extends HermesProbe {
	/** null: started by hand. */
	unit: string | null
	noNewPrivileges: boolean | null
	filtersCalls: boolean | null
	/** How many its bounding set leaves. */
	capabilities: HermesInteger | null
	systemIsReadOnly: boolean | null
	homesAreHidden: boolean | null
	devicesAreHidden: boolean | null
	hasNetwork: boolean | null
}

/** How a loop's run ended; none: there has not been one. */
export type HermesLoopState = 'none' | 'failed' | 'done' | 'nothing' | 'refused'

/** One run of `hmc backup`. */
export interface HermesBackupRun {
	at: HermesTime | null
	took: HermesSeconds
	state: HermesLoopState
	commit: string | null
	remote: string | null
	files: HermesInteger | null
	bytes: HermesInteger | null
	changed: HermesInteger | null
	error: string | null
}

/** One restore drill. */
export interface HermesDrillRun {
	at: HermesTime | null
	took: HermesSeconds
	state: HermesLoopState
	commit: string | null
	remote: string | null
	files: HermesInteger | null
	bytes: HermesInteger | null
	checked: HermesInteger | null
	failed: HermesInteger | null
	error: string | null
}

/** How telling people goes, as hmc notify has left it. */
export interface HermesDelivery {
	/** When hmc notify ran last. */
	ranAt: HermesTime | null
	/** When a message was last taken by the other side. */
	goodAt: HermesTime | null
	waiting: HermesInteger | null
	/** The oldest of those that could have been sent by now. */
	waitingSince: HermesTime | null
	/** That nothing else has told since. */
	refused: HermesInteger | null
	/** That may have arrived, and are not sent again. */
	unclear: HermesInteger | null
	/** What stood in the way of the last run. */
	error: string | null
	/** Whether Hermes itself has given up delivering to the home chat. */
	isGivenUp: boolean | null
}

/** The watch over the other exporters and notifiers, as hmc notify has left it. */
export interface HermesWatching {
	/** Null where there was none. */
	ranAt: HermesTime | null
	seen: HermesInteger | null
	silent: HermesInteger | null
	/** What could not be looked at. */
	error: string | null
}

/** What the ledger knows of backups, drills and notifications. */
export interface HermesLoops extends HermesProbe {
	/** The run that ended last. */
	backup: HermesBackupRun
	backupGoodAt: HermesTime | null
	backupFirstAt: HermesTime | null
	/** Runs that ended badly since the last good one. */
	backupFailures: HermesInteger | null
	drill: HermesDrillRun
	/** The newest drill that proved the backup restorable. */
	proof: HermesDrillRun
	delivery: HermesDelivery
	watching: HermesWatching
}

export interface HermesVersion extends HermesProbe {
	version: string | null
}

/** A systemd service. */
export interface HermesUnit extends HermesProbe {
	name: string | null
	scope: 'auto' | 'system' | 'user'
	loadState: string | null
	activeState: string | null
	subState: string | null
	result: string | null
	/** What happens at boot. */
	unitFileState: string | null
	since: HermesTime | null
	/** Automatic ones since it was last started by hand. */
	restarts: HermesInteger | null
	mainPid: HermesInteger | null
	exitStatus: HermesInteger | null
	/** Of a user's unit: whether that user's manager runs without a session. */
	lingers: boolean | null
}

/** A systemd timer and the service that it starts. */
export interface HermesTimer extends HermesProbe {
	name: string | null
	scope: 'auto' | 'system' | 'user'
	loadState: string | null
	activeState: string | null
	unitFileState: string | null
	lastRun: HermesTime | null
	nextRun: HermesTime | null
	service: string | null
	serviceState: string | null
	serviceResult: string | null
	serviceExitStatus: HermesInteger | null
	/** As whom that unit runs. */
	serviceUser: string | null
	lingers: boolean | null
}

/** What the gateway says of itself; its last word, where pidState is not "alive". */
export interface HermesGateway extends HermesProbe {
	gatewayState: string | null
	exitReason: string | null
	pidState: 'unknown' | 'none' | 'dead' | 'other' | 'alive'
	pid: HermesInteger | null
	processStartedAt: HermesTime | null
	updatedAt: HermesTime | null
	activeAgents: HermesInteger | null
	platforms: HermesPlatform[]
}

export interface HermesPlatform {
	/** telegram, discord, ...: an open set. */
	name: string | null
	state: string | null
	errorCode: string | null
	errorMessage: string | null
	updatedAt: HermesTime | null
	needsAttention: boolean | null
}

/** A backup repository. */
export interface HermesRepo extends HermesProbe {
	path: string | null
	branch: string | null
	/** First digits of the last commit. */
	head: string | null
	headAt: HermesTime | null
	isDirty: boolean | null
	dirtyReason: string | null
	ahead: HermesInteger | null
	behind: HermesInteger | null
}

/** What state.db holds. */
export interface HermesSessions extends HermesProbe {
	total: HermesInteger | null
	/** Not closed; most of them are not busy. */
	open: HermesInteger | null
	active: HermesInteger | null
	messages: HermesInteger | null
	lastActiveAt: HermesTime | null
	schemaVersion: HermesInteger | null
	sizeBytes: HermesInteger | null
	bySource: HermesSourceCount[]
	/** Newest first. */
	latest: HermesSession[]
}

export interface HermesSourceCount {
	source: string | null
	sessions: HermesInteger | null
}

export interface HermesSession {
	id: string | null
	source: string | null
	title: string | null
	/** Only where excerpts may be published. */
	preview: string | null
	model: string | null
	startedAt: HermesTime | null
	endedAt: HermesTime | null
	endReason: string | null
	lastActiveAt: HermesTime | null
	messages: HermesInteger | null
	toolCalls: HermesInteger | null
	inputTokens: HermesInteger | null
	outputTokens: HermesInteger | null
	cacheReadTokens: HermesInteger | null
	cacheWriteTokens: HermesInteger | null
	reasoningTokens: HermesInteger | null
	costUsd: HermesUsd | null
	costStatus: string | null
	parentId: string | null
	isActive: boolean | null
	/** How the last turn stands, as far as its messages tell. */
	turn: 'unknown' | 'complete' | 'unfinished' | 'failed' | 'empty'
}

export interface HermesCron extends HermesProbe {
	jobs: HermesCronJob[]
	scheduler: HermesProbe
	heartbeatAt: HermesTime | null
	lastSuccessAt: HermesTime | null
	lastErrorAt: HermesTime | null
	lastError: string | null
}

export interface HermesCronJob {
	id: string | null
	name: string | null
	/** As Hermes displays it. */
	schedule: string | null
	/** cron, interval, once; null where the schedule is not understood. */
	scheduleKind: string | null
	scheduleExpr: string | null
	/** "every day at 07:30" */
	scheduleWords: string | null
	/** The clock that expression and words go by: "UTC+05:30". */
	scheduleZone: string | null
	/** scheduled, paused, completed, error. */
	jobState: string | null
	enabled: boolean | null
	lastStatus: string | null
	lastError: string | null
	lastDeliveryError: string | null
	/** Whether the last run's answer did not arrive; reports of an older exporter lack it. */
	deliveryFailed?: boolean | null
	pausedReason: string | null
	deliver: string | null
	/** End of the last run. */
	lastRunAt: HermesTime | null
	nextRunAt: HermesTime | null
	createdAt: HermesTime | null
	pausedAt: HermesTime | null
	/** Seconds between two runs. */
	period: HermesInteger | null
	/** Seconds; so late it may start, by Hermes's own rule. */
	grace: HermesInteger | null
	failureStreak: HermesInteger | null
	runs: HermesInteger | null
	runsWanted: HermesInteger | null
	/** When it was due last, the oldest first. */
	due: HermesCronDue[]
}

/** Times evenly apart. */
export interface HermesCronDue {
	from: HermesTime | null
	/** Seconds; 0: there is only one. */
	every: HermesInteger | null
	times: HermesInteger | null
}

/** Proof that a gateway lives. */
export interface HermesLife extends HermesProbe {
	heartbeatAt: HermesTime | null
	/** Seconds; silent for longer is stalled. */
	heartbeatLimit: HermesInteger | null
	directoryAt: HermesTime | null
	startedAt: HermesTime | null
	wasUnclean: boolean | null
	exitReason: string | null
	startsToday: HermesInteger | null
	wanted: string | null
	deadTargets: HermesInteger | null
	inbound: HermesProbe
	/** The newest message that a person sent. */
	inboundAt: HermesTime | null
	inboundSource: string | null
	restartsToday: HermesInteger | null
	restartsFrom: HermesTime | null
}

export interface HermesGatewaySockets extends HermesProbe {
	pid: HermesInteger | null
	established: HermesInteger | null
	closeWait: HermesInteger | null
	listening: HermesInteger | null
}

/** Of the private dashboard. */
export interface HermesHttpAnswer extends HermesProbe {
	port: HermesInteger | null
	status: HermesInteger | null
	answeredIn: HermesSeconds
}

export interface HermesGoogleToken extends HermesProbe {
	expiresAt: HermesTime | null
	refreshable: boolean | null
	refreshedAt: HermesTime | null
	scopes: HermesInteger | null
}

/** What the persistent backup holds. */
export interface HermesPayload extends HermesProbe {
	path: string | null
	files: HermesInteger | null
	bytes: HermesInteger | null
	kinds: HermesPayloadKind[]
}

export interface HermesPayloadKind {
	kind: string | null
	items: HermesInteger | null
	files: HermesInteger | null
	bytes: HermesInteger | null
}

export interface HermesStorage extends HermesProbe {
	bytes: HermesInteger | null
	files: HermesInteger | null
	/** Largest first. */
	parts: HermesStoragePart[]
	/** A day. */
	growthBytes: HermesInteger | null
	/** Measured over so many seconds. */
	growthOver: HermesInteger | null
}

export interface HermesStoragePart {
	name: string | null
	bytes: HermesInteger | null
	files: HermesInteger | null
}

/** What config.yaml says, or the default where versions share one. */
export interface HermesSettings extends HermesProbe {
	configVersion: HermesInteger | null
	model: string | null
	provider: string | null
	toolsets: string[]
	platformToolsets: HermesPlatformToolsets[]
	mcpServers: HermesMcpServer[]
	platforms: HermesAgentPlatform[]
	approvalsMode: string | null
	approvalsFrom: string | null
	approvalsCron: string | null
	allowlist: HermesInteger | null
	redactSecrets: boolean | null
	redactSecretsIsSet: boolean | null
	redactPii: boolean | null
	redactPiiIsSet: boolean | null
	memoryLimit: HermesInteger | null
	userLimit: HermesInteger | null
	timezone: string | null
}

export interface HermesPlatformToolsets {
	platform: string | null
	toolsets: string[]
}

export interface HermesMcpServer {
	name: string | null
	transport: string | null
	enabled: boolean | null
}

export interface HermesAgentPlatform {
	name: string | null
	setUpIn: string | null
	enabled: boolean | null
	hasHomeChat: boolean | null
}

export interface HermesMemoryFile extends HermesProbe {
	entries: HermesInteger | null
	characters: HermesInteger | null
	limit: HermesInteger | null
	changedAt: HermesTime | null
}

export interface HermesSkills extends HermesProbe {
	/** May exceed the list. */
	total: HermesInteger | null
	enabled: HermesInteger | null
	local: HermesInteger | null
	skills: HermesSkill[]
}

export interface HermesSkill {
	name: string | null
	category: string | null
	origin: string | null
	enabled: boolean | null
	uses: HermesInteger | null
	lastUsedAt: HermesTime | null
}

export interface HermesExtensions extends HermesProbe {
	extensions: HermesExtension[]
}

export interface HermesExtension {
	/** hook or plugin. */
	kind: string | null
	name: string | null
	version: string | null
	events: string[]
	enabled: boolean | null
}

export interface HermesProfiles extends HermesProbe {
	profiles: HermesProfile[]
}

/** Keys and tokens of .env, each as a fingerprint keyed by a secret of this machine. */
export interface HermesKeys extends HermesProbe {
	keys: HermesKeyPrint[]
	/** Too short to have one. */
	leftOut: HermesInteger | null
}

export interface HermesKeyPrint {
	name: string | null
	fingerprint: string | null
}

export interface HermesProfile {
	name: string | null
	isActive: boolean | null
}

export interface HermesKanban extends HermesProbe {
	byStatus: HermesKanbanCount[]
	/** Not done first, then newest. */
	latest: HermesKanbanTask[]
}

export interface HermesKanbanCount {
	status: string | null
	tasks: HermesInteger | null
}

export interface HermesKanbanTask {
	id: string | null
	board: string | null
	title: string | null
	assignee: string | null
	status: string | null
	blockKind: string | null
	error: string | null
	priority: HermesInteger | null
	failures: HermesInteger | null
	createdAt: HermesTime | null
	startedAt: HermesTime | null
	completedAt: HermesTime | null
	heartbeatAt: HermesTime | null
}

/**
 * `<stateDir>/reports/host/report.json` of the machine.
 * @schema report-host
 */
export interface HermesHostReport {
	kind: 'host'
	schemaVersion: 1
	generatedAt: HermesTime
	hostname: string | null
	exporter: HermesExporter
	opened: HermesOpened
	readings: HermesHostReadings
}

export interface HermesHostReadings {
	disk: HermesDisk
	memory: HermesMemory
	load: HermesLoad
	uptime: HermesUptime
	tailscale: HermesTailscale
	emergencyDrive: HermesTimer
	timers: HermesHostTimers
	listeners: HermesListeners
	products: HermesProductHealths
	caddy: HermesCaddy
	ownUnits: HermesOwnUnits
	ownFiles: HermesOwnFiles
	beat: HermesBeat
}
/** What the machine's Caddy serves: as it has loaded it, or as its file says. */
export interface HermesCaddy extends HermesProbe {
	/** "loaded configuration", "file". */
	how: string | null
	/** false: some of it could not be read; note says which. */
	isWhole: boolean | null
	note: string | null
	/** Where it takes orders: "localhost:2019", "unix//run/caddy/admin.sock", "off". */
	admin: string | null
	sites: HermesCaddySite[]
}
/** Names stand apart by a space. */
export interface HermesCaddySite {
	listen: string | null
	/** loopback, tailnet, private, public; null where it listens on a name. */
	reach: string | null
	/** null: any name. */
	hosts: string | null
	upstreams: string | null
	roots: string | null
}
/** Our own units as this machine's systemd has them. */
export interface HermesOwnUnits extends HermesProbe {
	units: HermesOwnUnit[]
}
export interface HermesOwnUnit {
	unit: string | null
	process: string | null
	user: string | null
	/** Of an exporter. */
	instanceId: string | null
	/** "none", "loopback", "these addresses: …", "any". */
	network: string | null
	reads: string | null
	writes: string | null
	capabilities: string | null
	noNewPrivileges: boolean | null
	filtersCalls: boolean | null
	/** How many settings are looser than those that ship. */
	loose: HermesInteger | null
	looseNames: string | null
}
/** A file or folder, by what stat() says of it. */
export interface HermesFileGuard {
	/** Below the home, or absolute. */
	path: string | null
	/** For people: "keys and bot tokens". */
	holds: string | null
	owner: string | null
	group: string | null
	/** Permission bits, as a number: 384 is 0600. */
	mode: HermesInteger | null
	/** By its own mode: nobody but its owner, or the owner's own group, has rights on it. */
	isPrivate: boolean | null
	changedAt: HermesTime | null
	/** Why nothing of it could be told. */
	reason: string | null
}

/** Our own files that hold secrets, or decide who may do what. */
export interface HermesOwnFiles extends HermesProbe {
	files: HermesFileGuard[]
}

export interface HermesDisk extends HermesProbe {
	mount: string | null
	sizeBytes: HermesInteger | null
	/** To an ordinary user. */
	availableBytes: HermesInteger | null
	inodes: HermesInteger | null
	inodesFree: HermesInteger | null
}

export interface HermesMemory extends HermesProbe {
	totalBytes: HermesInteger | null
	availableBytes: HermesInteger | null
	swapTotalBytes: HermesInteger | null
	swapFreeBytes: HermesInteger | null
}

export interface HermesLoad extends HermesProbe {
	/** Over 1, 5, 15 minutes. */
	one: number
	five: number
	fifteen: number
	cpus: HermesInteger | null
}

export interface HermesUptime extends HermesProbe {
	/** Seconds. */
	uptime: HermesInteger | null
	bootedAt: HermesTime | null
}

export interface HermesTailscale extends HermesProbe {
	interface: string | null
	address: string | null
	expected: string | null
	isUp: boolean | null
}

/** The beat to the outside, as hmc beat has left it; inactive where none is configured. */
export interface HermesBeat extends HermesProbe {
	/** Seconds between two of them. */
	every: HermesInteger | null
	/** When one was first tried. */
	firstAt: HermesTime | null
	ranAt: HermesTime | null
	/** When one was last taken by the other side. */
	goodAt: HermesTime | null
	/** Tries that failed since. */
	failures: HermesInteger | null
	/** What stood in the way of the last one. */
	error: string | null
}

export interface HermesHostTimers extends HermesProbe {
	timers: HermesTimer[]
}

export interface HermesListeners extends HermesProbe {
	sockets: HermesListener[]
}

/** A socket that takes connections. */
export interface HermesListener {
	protocol: string | null
	address: string | null
	port: HermesInteger | null
	user: string | null
	process: string | null
	unit: string | null
	/** loopback, tailnet, private, public. */
	reach: string | null
}

/** Of the products that are configured, as they answered. */
export interface HermesProductHealths extends HermesProbe {
	products: HermesProductHealth[]
}

export interface HermesProductHealth extends HermesProbe {
	id: string | null
	outcome: 'not-asked' | 'answered' | 'refused' | 'no-http' | 'bad-tls' | 'silent' | 'unreached'
	httpStatus: HermesInteger | null
	latency: HermesSeconds
	textFound: boolean | null
	certificateUntil: HermesTime | null
	unit: HermesUnit
}

/* --- drills/TIME-ID.json: the receipt of a restore drill, in the backup's repository and in the ledger ------ */

/** How long each step took; 0 = it was not come to. */
export interface HermesDrillSteps {
	clone: HermesSeconds
	restore: HermesSeconds
	compare: HermesSeconds
	read: HermesSeconds
	live: HermesSeconds
}

/** Of one kind of payload: how many the backup holds, and the live home. */
export interface HermesDrillCount {
	/** memories, cronJobs, skills, ... */
	kind: string
	backup: HermesCount | null
	/** null where the live home could not be compared. */
	live: HermesCount | null
}

/**
 * What a drill restored, checked and found.
 * @schema drill-receipt
 */
export interface HermesDrillReceipt {
	kind: 'hmc-restore-drill'
	version: 1
	instanceId: string
	/** "hmc" and its version. */
	madeBy: string
	at: HermesTime
	/** Nothing was found, and every step was come to. */
	isProven: boolean
	/** Of the remote: what was restored; null where nothing was cloned. */
	commit: string | null
	/** Without user, password and query. */
	remote: string | null
	/** As the backup's manifest has it. */
	backupMadeAt: HermesTime | null
	/** Restored. */
	files: HermesCount | null
	bytes: HermesCount | null
	/** Of the files: held against the manifest, and read as Hermes would. */
	checked: HermesCount | null
	/** How much was found; findings names the first 20. */
	failed: HermesCount | null
	tookSeconds: HermesDrillSteps
	counts: HermesDrillCount[]
	/** Each a reason why this backup is not proven to restore. */
	findings: string[]
	/** What is as it should be, and worth knowing: a file that changed since the backup. The first 20. */
	told: string[]
}
