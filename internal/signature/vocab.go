package signature

import "strings"

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// topDomains end host names: generic domains and customary private ones.
// Country domains are left to secondDomains, since "id", "is", "in" and "to"
// also end property names, and so do "name", "info" and "home".
var topDomains = set(`com net org edu gov mil biz local localdomain localnet lan
	internal intranet corp arpa`)

// secondDomains stand before a country's domain in host names.
var secondDomains = set(`com co net org edu ac gov gob go or ne mil nom ad`)

// classRoots begin the names of packages and classes.
var classRoots = set(`com org net edu gov io java javax jdk sun oracle scala kotlin akka
	android androidx system microsoft`)

// fileSuffixes end names of source files, where a number behind a colon is a
// line and not a port.
var fileSuffixes = set(`c h cc cpp cxx hpp java kt scala py go js ts rb rs php pl sh sql
	cs swift lua xml json yaml yml conf cfg log txt html`)

// units of sizes and durations.
var units = set(`b B kb KB kB Kb mb MB Mb gb GB Gb tb TB KiB MiB GiB TiB K M G
	bytes byte kbytes mbytes ms msec msecs millis millisecond milliseconds us usec ns nanos
	nanoseconds microseconds s sec secs second seconds min mins minute minutes
	h hr hrs hour hours d days day weeks week % percent Hz kHz MHz GHz
	bps Kbps Mbps Gbps`)

// switches are printed values when nothing else stands between brackets.
var switches = set(`on off yes no On Off Yes No ON OFF YES NO`)

// timeWords are parts of a printed time.
var timeWords = set(`Jan Feb Mar Apr May Jun Jul Aug Sep Sept Oct Nov Dec
	January February March April June July August September October November December
	Mon Tue Wed Thu Fri Sat Sun Monday Tuesday Wednesday Thursday Friday Saturday Sunday
	AM PM am pm UTC GMT Z CET CEST EST EDT CST CDT MST MDT PST PDT JST IST`)

var httpMethods = set(`GET POST PUT DELETE HEAD OPTIONS PATCH CONNECT TRACE PROPFIND`)

// keptKeys have values that are states or the message.
var keptKeys = set(`msg message text error err reason cause status state level lvl severity
	result outcome action op operation event method verb type kind phase code exception
	errno signal description detail title`)

// strongCues announce a name.
var strongCues = set(`user username uid login account host hostname node server file
	filename directory dir folder path device interface iface package module class table
	database db schema topic queue service container pod image volume domain group member
	principal tag name named called process program command cmd client peer address
	property attribute parameter param key variable field column index job task plugin
	driver bundle library app application activity component provider channel bucket
	cluster namespace zone region partition thread pool handler filter route rule
	endpoint machine instance network subnet vlan project repository branch role policy tenant customer`)

// weakCues are prepositions that a name often follows, and so does text.
var weakCues = set(`for from to by of on at in with via into as using against is was
	between under inside within over per than`)

// vocabulary is the closed set of words that belong to statements: function
// words, verbs, states, levels.
var vocabulary = set(`a an the this that these those it its is are was were be been being am do does did
	has have had will would can could cannot can't couldn't don't doesn't didn't isn't wasn't won't shall should
	may might must not no none never yes or and but if then else when while until unless since because due
	for from to by of on at in with without via into onto as using against than per out off up down over under
	between before after during again already still yet now soon ago once twice only also just too very more
	most less least few many much some any all each every both either neither other another same such own
	first last next previous new old latest current former there here where which who whom whose what why how
	we you they he she i your our their my his her us them me
	start starts stop stops pause resume suspend begin begins end ends finish finishes complete completes
	completely open opens close closes connect connects disconnect disconnects bind accept accepts reject
	rejects allow allows deny denies grant grants revoke create creates delete deletes remove removes add adds
	insert update updates change changes modify set sets unset get gets put puts read reads write writes
	written send sends sent receive receives fetch fetches load loads unload save saves store stores sync
	commit commits abort aborts rollback retry retries try tries run runs ran execute executes kill kills
	launch launches spawn exit exits quit shutdown startup restart restarts reboot reboots boot boots init
	deinit reset resets clear clears flush flushes cancel cancels skip skips ignore ignores drop drops
	check checks verify verifies validate validates scan scans find finds found lost lose loses
	fail fails failure failures error errors err warning warnings warn info debug trace fatal critical severe
	notice alert emergency panic panics success successful successfully succeed succeeds ok okay bad good
	invalid valid illegal legal wrong correct unknown known missing present absent empty full null void
	up down online offline active inactive idle busy ready alive dead healthy unhealthy normal abnormal
	primary secondary master slave leader follower standby local remote internal external public private
	enable enables disable disables lock locks unlock unlocks acquire acquires release releases
	join joins leave leaves left attach attaches detach detaches mount mounts unmount unmounts umount
	register registers unregister subscribe unsubscribe publish publishes
	wait waits sleep sleeps wake wakes hold holds held grow shrink rise fall high low higher lower
	max min maximum minimum total average default true false timeout timeouts timed expire expires
	refuse refuses denied exist exists need needs require requires expect expects
	use uses make makes made take takes took taken give gives given got go goes went gone come comes came
	keep keeps kept see seen show shows shown hide begin began begun
	on off auto manual insert select delete update
	get post put head options patch
	pending running waiting done new assigned queued scheduled failed stopped started killed
	transient permanent temporary partial
	incoming outgoing inbound outbound input output request requests response responses reply replies
	login logout logon logoff connection connections session sessions
	reset broken closed peer permission access authentication authorization
	please help like back later early late long short slow fast large small big great`)
