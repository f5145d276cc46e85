/*
 * The rules. Patterns follow the formats that vendors document for their keys
 * and the shapes in which names and values stand together: JSON, also inside
 * JSON strings, YAML, INI, environment files, code, headers, URLs, command
 * lines, prose. How to add one: docs/redaction.md.
 *
 * What must stay true: repeats are bounded or possessive, so that no text
 * costs more than its length times a constant; a rule's `need` holds a string
 * from every text that its pattern can match; and a rule that can match its
 * own marker "[redacted:...]" leaves it as it is (engine.c sees to that).
 */
#include "redact/rules.h"

#include "base/cleanup.h"

/*
 * Where a token may begin: not inside a word, but after the letter of an
 * escape: "\n", "%20", "\u0022", a terminal's colour.
 */
#define LEFT                                                                                     \
	"(?:(?<![A-Za-z0-9_-])|(?<=\\\\[nrt])|(?<=%[0-9A-Fa-f]{2})|(?<=\\\\u00[0-9A-Fa-f]{2})"   \
	"|(?<=[\\[;][0-9]m|[\\[;][0-9]{2}m))"
#define RIGHT      "(?![A-Za-z0-9])"
#define WORD_RIGHT "(?![A-Za-z0-9_-])"
#define WORD_START "(?:(?<![A-Za-z])|(?<=\\\\[nrt]))"

#define HEX   "[0-9A-Fa-f]"
#define UUID  HEX "{8}-" HEX "{4}-" HEX "{4}-" HEX "{4}-" HEX "{12}"
#define WORD  "[A-Za-z0-9_-]"
#define ALNUM "[A-Za-z0-9]"

/* The end of a name, a type in code, and what parts a name from its value. */
#define NAME_END "(?:\\\\*+[\"'`])?(?:\\[[0-9]*\\])?\\]?"
#define TYPE     "(?:[ \\t]*:[ \\t]*(?:str|[Ss]tring|Optional\\[str\\])(?=[ \\t]*=))?"
#define SEPARATOR                                                                                \
	"[ \\t]*+(?:=>|:=|[=!]==?|\\?=|[:=]|\\\\u003[adAD]|%3[adAD])=?[ \\t]*+"                  \
	"(?:[@$bBrRuUfF]{1,2}(?=[\"'`]))?+"

/* A value in quotes, in quotes that are escaped once or more (JSON in JSON), or bare; always group 1. */
#define QUOTED                                                                                   \
	"\"((?:[^\"\\\\\r\n]|\\\\.)++)"                                                          \
	"|'((?:[^'\\\\\r\n]|\\\\.)++)"                                                           \
	"|`([^`\r\n]++)"                                                                         \
	"|\\\\\"((?:[^\"\\\\\r\n]|\\\\\\\\(?:\\\\.|[^\\\\\"\r\n])|\\\\(?![\"\\\\]))++)"          \
	"|\\\\++[\"']([^\"'\r\n]{1,4096}?)(?=\\\\*+[\"']|$)"
#define BARE  "((?!<)[^\\s\"'`,;&|\\\\]{0,4095}[^\\s\"'`,;&|\\\\.:)\\]}<>])"
#define VALUE "(?|" QUOTED "|" BARE ")"

/* Names. What follows "password_" may make it something else: a policy, a file, an age. */
#define SUFFIX                                                                                   \
	"(?:[_-](?!hash|file|path|env|name|type|uri|url|count|len|polic|requir|expir|ttl|set|"   \
	"mode|hint|reset|manag|field|label|age|status|source|prompt|change|update|create|last|"  \
	"min|max|limit|budget|rotat|valid|usage|is|at)[A-Za-z0-9]{1,20}){0,2}+"
#define PASSWORD_NAME                                                                            \
	"(?:pass(?:word|wort|wd|wrd|phrase|code)|pwd|(?-i:[a-z0-9]Pass)|" WORD_START "(?:pass|pw))"
#define KEY_NAME                                                                                 \
	"(?:(?:api|access|auth|private|sign(?:ing)?|encr?yption|consumer|account|master|"        \
	"service|licen[sc]e|deploy|cloudant|shared|shared[_-]?access|storage|webhook|hmac|ssh|"  \
	"admin|root|subscription|insert|ingest|integration|app|application|bot|write|client|"    \
	"secret|sas|personal)[_. -]?key(?:[_.-]?id(?![A-Za-z]))?"                                \
	"|license(?=: ?(?:" ALNUM "){30,40}NRAL))"
#define SECRET_NAME "(?:secret(?:[_.-]?(?:access[_.-]?)?key|[_.-]?token)?|credentials?)"
#define TOKEN_NAME  "token(?:[_-](?:value|key|secret|string|[0-9]))?"

/* Name and value anywhere. */
#define NAMED(name) "(?i)" name NAME_END TYPE SEPARATOR VALUE

/* Name and value on a line of their own, as in environment and YAML files: the value ends with the line. */
#define LINE(name)                                                                               \
	"(?im)^[ \\t]*(?:export[ \\t]+|set[ \\t]+|ENV[ \\t]+|-e[ \\t]+|-[ \\t]+)?"               \
	"[A-Z0-9_.-]{0,60}?" name "(?:=|:[ \\t]+)([^\\s\"'`<{|>\\[][^\\s\"'`]{2,4096})[ \\t]*$"

/* --some-name VALUE, --some-name=VALUE, "--some-name", "VALUE" */
#define FLAG     "(?<![A-Za-z0-9_-])--?(?:[a-z0-9]{1,20}-){0,4}"
#define FLAG_END "(?:=|[ \\t]+|\\\\*[\"'],[ \\t\\r\\n]*)(?!-)"

/* The columns that most rows share: the whole match and no more than a look at it; or group 1 and a judge. */
#define FORM(name, need, pattern)            { name, need, pattern, 0, plausible_vendor, false }
#define EXACT(name, need, pattern)           { name, need, pattern, 0, NULL, false }
#define GROUP(name, need, pattern, judge)    { name, need, pattern, 1, judge, false }
#define PERSONAL(name, need, pattern, judge) { name, need, pattern, 0, judge, true }

const struct rule redact_rules[] = {
	/* Keys in PEM: whole, cut off at either end, or on one line with "\n". */
	{ "private-key", "private",
	  "-----BEGIN[ A-Z0-9_-]{0,60}PRIVATE KEY(?: BLOCK)?-----"
	  "(?:[\\s\\S]{0,16384}?-----END[ A-Z0-9_-]{0,60}(?:-----|$)"
	  "|(?:(?:\\s|\\\\+[nr])*+"
	  "(?:(?:Proc-Type|DEK-Info|Version|Comment|Hash)[^\r\n\\\\]*+|" ALNUM "[A-Za-z0-9+/=]{15,}+))*+"
	  "(?:(?:\\s|\\\\+[nr])++[A-Za-z0-9+/]{1,64}={0,2}(?=\\s|\\\\|[\"']|$))?)",
	  0, plausible_pem, false },
	{ "private-key", "private",
	  "(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/=]{16,}+(?:\\s|\\\\+[nr])*+){1,200}+"
	  "[A-Za-z0-9+/=]{0,64}(?:\\s|\\\\+[nr])*+-----END[ A-Z0-9_-]{0,60}PRIVATE KEY(?: BLOCK)?-----",
	  0, plausible_pem, false },
	EXACT("private-key", "age-secret-key-", "AGE-SECRET-KEY-1" ALNUM "{50,}+"),
	EXACT("private-key", "private-mac", "Private-MAC: " HEX "{32,}+"),

	/* Signed tokens: two segments that are JSON, or three of any length. */
	EXACT("jwt", "ey",
	      LEFT "ey" WORD "{10,}+\\.ey[A-Za-z0-9_\\\\/-]{8,}+(?:\\.[A-Za-z0-9_\\\\/-]*+){0,3}+"),
	EXACT("jwt", "eyj", LEFT "eyJ" WORD "{6,}+\\." WORD "*+\\." WORD "{3,}+(?:\\." WORD "++){0,2}+"),

	/* Model providers. */
	FORM("anthropic-key", "sk-ant-", "sk-ant-" WORD "{8,}+"),
	FORM("openrouter-key", "sk-or-", "sk-or-" WORD "{8,}+"),
	FORM("openai-key", "sk-", LEFT "sk-" WORD "{12,}+"),
	FORM("openai-key", "sess-", LEFT "sess-" ALNUM "{40}" RIGHT),
	FORM("huggingface-token", "hf_",
	     LEFT "hf_(?:" ALNUM "{34,40}" RIGHT "|(?=[A-Za-z]*[0-9])" ALNUM "{20,}+)"),
	FORM("huggingface-token", "api_org_", LEFT "api_org_[A-Za-z]{34}" RIGHT),
	FORM("model-key", "gsk_ xai- pplx- r8_ nvapi- csk- fw_ exa_ tvly- tgp_v1_ lsv2_",
	     LEFT "(?:gsk_|xai-|pplx-|r8_|nvapi-|csk-|fw_|exa_|tvly-|tgp_v1_|lsv2_(?:pt|sk)_)" WORD "{16,}+"),
	FORM("model-key", "fc-", LEFT "fc-" HEX "{32}" RIGHT),
	FORM("model-key", "jina_", LEFT "jina_" WORD "{40,}+"),
	FORM("model-key", "bsa", LEFT "BSA" WORD "{27,28}" WORD_RIGHT),
	FORM("model-key", "pa-", LEFT "pa-" WORD "{43}" WORD_RIGHT),

	/* Chat platforms. */
	FORM("telegram-token", ":a", "(?<![0-9])[0-9]{6,16}:A" WORD "{29,60}+"),
	FORM("discord-token", ".",
	     "(?<!" WORD ")[MNOA]" WORD "{23,27}\\." WORD "{6}\\." WORD "{25,42}" WORD_RIGHT),
	FORM("discord-token", "mfa.", LEFT "mfa\\." WORD "{60,}+"),
	FORM("slack-token", "xox", "xox[abcdeoprs](?:\\.xox[bp])?-(?=[A-Za-z/-]*[0-9])[0-9A-Za-z/-]{15,}+"),
	FORM("slack-token", "xapp-", "xapp-[0-9A-Za-z/-]{15,}+"),

	/* Code hosts and package registries. */
	FORM("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", "gh[opusr]_" ALNUM "{20,}+"),
	FORM("github-token", "github_pat_", "github_pat_[A-Za-z0-9_]{22,}+"),
	FORM("gitlab-token",
	     "glpat- glcbt- gldt- glffct- glft- glimt- glagent- gloas- glptt- glrt- glrtr- glwt- glsoat-",
	     "gl(?:pat|cbt|dt|ffct|ft|imt|agent|oas|ptt|rtr?|wt|soat)-[A-Za-z0-9_.-]{18,}+"),
	FORM("gitlab-token", "gr1348941", "GR1348941" WORD "{20,}+"),
	FORM("gitlab-token", "_gitlab_session", "_gitlab_session=[0-9a-z]{32}"),
	FORM("npm-token", "npm_", LEFT "npm_" ALNUM "{20,}+"),
	GROUP("npm-token", "_auth _password",
	      ":_(?:authToken|auth|password)[ \\t]*=[ \\t]*([^\\s\"'$<]{8,})", NULL),
	FORM("pypi-token", "pypi-", "pypi-Ag" WORD "{16,}+"),
	FORM("registry-token", "rubygems_", "rubygems_" HEX "{40,}+"),
	FORM("registry-token", "cio", LEFT "cio" ALNUM "{32}" RIGHT),
	FORM("registry-token", "clojars_", "CLOJARS_" ALNUM "{50,}+"),
	FORM("registry-token", "dckr_", "dckr_[a-z]{2,4}_" WORD "{20,}+"),
	FORM("registry-token", "akcp cmvmd", LEFT "(?:AKCp" ALNUM "{60,}+|cmVmd" ALNUM "{59}" RIGHT ")"),
	FORM("registry-token", "oy2", LEFT "oy2[a-z0-9]{43}" RIGHT),
	FORM("atlassian-token", "atatt3", "ATATT3[A-Za-z0-9_=-]{60,}+"),
	FORM("atlassian-token", "atbb", LEFT "ATBB" ALNUM "{24,}+"),

	/* Clouds. */
	EXACT("aws-key", "akia asia abia acca a3t",
	      LEFT "(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}" RIGHT "(?:[\"']{2}[A-Za-z0-9/+]{40})?"),
	EXACT("aws-key", "amzn.mws", "amzn\\.mws\\." UUID),
	EXACT("aws-key", "absk", LEFT "ABSK[A-Za-z0-9+/]{60,}+={0,2}"),
	EXACT("aws-key", "bedrock-api-key-", "bedrock-api-key-[A-Za-z0-9+/=]{40,}+"),
	EXACT("aws-key", "da2-", LEFT "da2-[a-z0-9]{26}" RIGHT),
	FORM("google-key", "aiza", LEFT "AIza" WORD "{35}" WORD_RIGHT),
	EXACT("google-oauth", "ya29.", LEFT "ya29\\.[A-Za-z0-9_.-]{8,}+"),
	EXACT("google-oauth", "1//", LEFT "1//" WORD "{8,}+"),
	EXACT("google-oauth", "gocspx-", LEFT "GOCSPX-" WORD "{6,}+"),
	EXACT("google-oauth", "4/0", LEFT "4/0" WORD "{30,}+"),
	EXACT("google-client-id", ".apps.googleusercontent.com",
	      LEFT "[0-9]{3,20}-[A-Za-z0-9_]{8,64}(?=\\.apps\\.googleusercontent\\.com)"),
	FORM("azure-key", "q~",
	     "(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])"),
	FORM("azure-key", "azdo", ALNUM "{76}AZDO" ALNUM "{4}" RIGHT),
	FORM("azure-key", "accountkey sharedaccess",
	     "(?i)(?:AccountKey|SharedAccess(?:Key|Signature))[ \\t]*=[ \\t]*[A-Za-z0-9+/%&=]{20,}+"),
	FORM("cloud-token", "dop_v1_ doo_v1_ dor_v1_", "do[opr]_v1_" HEX "{40,}+"),
	FORM("cloud-token", "fo1_", LEFT "fo1_" WORD "{43}"),
	FORM("cloud-token", "fm1 fm2_", LEFT "fm[12][ar]?_[A-Za-z0-9+/]{60,}+={0,3}"),
	FORM("cloud-token", "v1.0-", LEFT "v1\\.0-[0-9a-f]{24}-[0-9a-f]{100,}+"),
	FORM("cloud-token", "tskey-", "tskey-[a-z]{3,16}-" WORD "{12,}+"),
	FORM("cloud-token", "pul-", LEFT "pul-" HEX "{40}"),
	FORM("cloud-token", "atlasv1", ALNUM "{14}\\.atlasv1\\." WORD "{50,}+"),
	FORM("cloud-token", "tk-us-", LEFT "tk-us-" WORD "{40,}+"),
	FORM("cloud-token", "sha256~", "sha256~" WORD "{40,}+"),
	FORM("cloud-token", "ltai", LEFT "LTAI" ALNUM "{20}" RIGHT),
	FORM("cloud-token", "sbp_", LEFT "sbp_[0-9a-f]{40}"),
	FORM("cloud-token", "sb_secret_", LEFT "sb_secret_" WORD "{20,}+"),
	FORM("cloud-token", "vcp_ vck_ vca_ vci_ vco_", LEFT "vc[pkaio]_" WORD "{24,}+"),
	FORM("cloud-token", "hrku-", LEFT "HRKU-" WORD "{36,}+"),
	FORM("vault-token", "hvs. hvb. hvr.", LEFT "hv[sbr]\\." WORD "{24,}+"),
	FORM("vault-token", "s. b. r.",
	     LEFT "(?<!\\.)[sbr]\\.(?=[A-Za-z]{0,23}[0-9])(?=[a-z0-9]{0,23}[A-Z])"
	     ALNUM "{24}" WORD "*+(?![(.])"),
	GROUP("vault-token", "unseal",
	      "(?i)unseal(?:[ \\t]+key)?(?:[ \\t]+[0-9]{1,2})?[: \\t]{1,4}([A-Za-z0-9+/]{40,}+={0,2})", NULL),
	GROUP("vault-token", "vaulttoken", "(?i)vaultToken[= \\t:]{1,4}[\"']?([A-Za-z0-9_.-]{20,}+)", NULL),

	/* Payment, mail, telephony. */
	FORM("stripe-key", "k_live_ k_test_ k_prod_", "[rs]k_(?:live|test|prod)_" ALNUM "{10,}+"),
	FORM("stripe-key", "whsec_", "whsec_[A-Za-z0-9+/=]{16,}+"),
	EXACT("twilio-key", "sk", LEFT "SK" HEX "{32}" RIGHT),
	FORM("mail-key", "sg.", LEFT "SG\\." WORD "{16,32}\\." WORD "{16,64}"),
	FORM("mail-key", "xkeysib- xsmtpsib-", "x(?:key|smtp)sib-" HEX "{40,}+-?" ALNUM "{0,32}"),
	FORM("mail-key", "key-", LEFT "(?:pub)?key-" HEX "{32}" RIGHT),
	FORM("mail-key", "-us", LEFT HEX "{32}-us[0-9]{1,2}" RIGHT),
	FORM("mail-key", "re_", LEFT "re_" ALNUM "{8}_" ALNUM "{24}"),
	FORM("payment-key", "sq0", LEFT "sq0[a-z]{3}-" WORD "{22,60}+"),
	FORM("payment-key", "eaaa", LEFT "EAAA" WORD "{60}" WORD_RIGHT),
	FORM("payment-key", "flwseck", "FLWSECK(?:_TEST)?-" WORD "{12,}+"),
	FORM("payment-key", "duffel_", "duffel_(?:test|live)_" WORD "{40,}+"),
	FORM("payment-key", "shippo_", "shippo_(?:live|test)_" HEX "{40}"),
	FORM("payment-key", "access-", LEFT "access-(?:sandbox|development|production)-" UUID),
	FORM("payment-key", "live_", LEFT "live_" WORD "{40}" WORD_RIGHT),
	FORM("payment-key", "ezak eztk", LEFT "(?<![+/])EZ[AT]K" ALNUM "{54}" RIGHT),
	FORM("payment-key", "shpat_ shpca_ shppa_ shpss_", "shp(?:at|ca|pa|ss)_" HEX "{32}"),
	FORM("payment-key", "sk_", LEFT "sk_" ALNUM "{28,}+"),

	/* Other services with a form of their own. */
	FORM("service-token", "aio_", LEFT "aio_" ALNUM "{24,}+"),
	FORM("service-token", "dp.", LEFT "dp\\.(?:pt|ct|st|sa|scim|audit)\\.[A-Za-z0-9_.-]{40,}+"),
	FORM("service-token", "sl.", LEFT "sl\\.[A-Za-z0-9_=-]{100,}+"),
	FORM("service-token", "dt0", LEFT "dt0[a-z][0-9]{2}\\." ALNUM "{24}\\." ALNUM "{40,}+"),
	FORM("service-token", "eaa", LEFT "EAA" ALNUM "{80,}+"),
	EXACT("service-token", "| %7c", "(?<![0-9])[0-9]{15,16}(?:\\||%7[Cc])" WORD "{27,40}" WORD_RIGHT),
	FORM("service-token", "figd_", LEFT "figd_" WORD "{20,}+"),
	FORM("service-token", "glsa_", LEFT "glsa_" ALNUM "{30,}+_" HEX "{8}"),
	FORM("service-token", "glc_", LEFT "glc_[A-Za-z0-9+/]{32,}+={0,3}"),
	FORM("service-token", "eyjrijoi", LEFT "eyJrIjoi" ALNUM "{60,}+={0,3}"),
	FORM("service-token", "nrak- nrii- nrjs- nraa- nrra-", LEFT "NR(?:AK|II|JS|AA|RA)-" WORD "{16,}+"),
	FORM("service-token", "px-dep- px-api-", LEFT "px-(?:dep|api)-" UUID),
	FORM("service-token", "ntn_", LEFT "ntn_[0-9]{11}" ALNUM "{35}" RIGHT),
	FORM("service-token", "secret_", LEFT "secret_" ALNUM "{43}" RIGHT),
	FORM("service-token", "api-", LEFT "API-[A-Z0-9]{26}" RIGHT),
	FORM("service-token", "pscale_", LEFT "pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_=.-]{30,}+"),
	FORM("service-token", "pmak-", LEFT "PMAK-" HEX "{24}-" HEX "{34}"),
	FORM("service-token", "pnu_", LEFT "pnu_" ALNUM "{36}"),
	FORM("service-token", "rdme_", LEFT "rdme_[a-z0-9]{60,}+"),
	FORM("service-token", "sgp_", LEFT "sgp_(?:" HEX "{16}_|local_)?" HEX "{40,}+"),
	FORM("service-token", "sntrys_", LEFT "sntrys_eyJ[A-Za-z0-9+/=_]{40,}+"),
	FORM("service-token", "sntryu_", LEFT "sntryu_" HEX "{64}"),
	FORM("service-token", "sm_", LEFT "sm_[aps]at_" ALNUM "{16}"),
	FORM("service-token", "tfp_", LEFT "tfp_[A-Za-z0-9_.=-]{40,}+"),
	FORM("service-token", "a3-", LEFT "A3(?:-[A-Z0-9]{5,11}){5,6}"),
	FORM("service-token", "ops_eyj", LEFT "ops_eyJ[A-Za-z0-9+/=]{60,}+"),
	FORM("service-token", "p8e-", LEFT "p8e-" ALNUM "{32}"),
	FORM("service-token", "pat", LEFT "pat" ALNUM "{14}\\.[a-f0-9]{64}"),
	FORM("service-token", "lin_api_", LEFT "lin_api_" ALNUM "{40}"),
	FORM("service-token", "_mmk", LEFT ALNUM "{6}_" ALNUM "{29}_mmk"),
	FORM("service-token", "s-s4t2", LEFT "s-s4t2(?:ud|af)-" HEX "{64}"),
	FORM("service-token", "ico-", LEFT "ico-" ALNUM "{32}(?![A-Za-z0-9.])"),
	FORM("service-token", "dapi", LEFT "dapi[a-f0-9]{32}"),
	FORM("service-token", "dnkey-", LEFT "dnkey-[a-z0-9=_-]{20,}+"),
	FORM("service-token", "fio-u-", LEFT "fio-u-" WORD "{60,}+"),
	FORM("service-token", "pat. sat.", LEFT "[ps]at\\." WORD "{22}\\." ALNUM "{24}\\." ALNUM "{20}"),
	FORM("service-token", "4b1d", LEFT "4b1d" ALNUM "{38}" RIGHT),
	FORM("service-token", "t1.", LEFT "t1\\." WORD "++={0,2}\\." WORD "{80,}+"),
	FORM("service-token", "aqvn ycaj", LEFT "(?:AQVN|YCAJ)" WORD "{35,38}"),
	FORM("service-token", ".acc",
	     "(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\."
	     "[A-Za-z0-9+/_=-]{30,}+"),
	FORM("service-token", "00d", LEFT "00D" ALNUM "{9,15}![A-Za-z0-9._]{40,}+"),
	FORM("service-token", "00",
	     LEFT "00(?=[A-Za-z_-]*[0-9])(?=[a-z0-9_-]*[A-Z])" WORD "{40}" WORD_RIGHT),

	/* Crypted passwords: crypt(5), Argon2, PBKDF2, Kerberos. */
	EXACT("password-hash", "$",
	      "\\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|argon2(?:id|i|d)|pbkdf2[a-z0-9-]{0,16}|scrypt)"
	      "\\$[^\\s\"'<>:;\\\\]{20,}+"),
	EXACT("password-hash", "$krb5", "\\$krb5[a-z]{2,8}\\$[^\\s\"'<>,;\\\\]{20,}+"),

	/* Headers and command lines of HTTP clients. */
	GROUP("auth-header", "authorization",
	      "(?i)authorization" NAME_END "[ \\t]*+[:=,][ \\t]*+(?:\\\\*+[\"'`])?[ \\t]*+"
	      "(?|(?:digest|signature|aws4-hmac-sha256|oauth)[ \\t]++([^\\r\\n]{10,4096}+)"
	      "|(?:(?:basic|bearer|token|api-token|apikey|api-key|ssws|negotiate|ntlm|key|genie-?key"
	      "|bot)[ \\t]++)?"
	      "(?:token=)?[\"']?([A-Za-z0-9._~+/=:@%|!-]{6,8192}+))",
	      plausible_header),
	GROUP("auth-header", "bearer",
	      "(?i)(?<![A-Za-z])bearer[\"'`]?[:= \\t]{1,3}[\"'`]?([A-Za-z0-9._~+/=@%|-]{6,8192}+)",
	      plausible_header),
	GROUP("auth-header", "basic",
	      "(?<![A-Za-z])[Bb]asic[ \\t]{1,2}([A-Za-z0-9+/]{8,4096}+={0,2})", plausible_header),
	GROUP("cookie", "cookie",
	      "(?i)(?:set-)?cookie" NAME_END "[ \\t]*+[:=][ \\t]*+(?:\\\\*+[\"'`])?"
	      "([A-Za-z0-9_.$-]{1,64}=[^\\r\\n\"'\\\\]{6,4096}+)",
	      plausible_real),
	GROUP("curl-login", "curl",
	      "curl\\b[\\s\\S]{0,512}?[\\s'\"](?:-u|-U|--user|--proxy-user)(?:=|[ \\t]{0,4}"
	      "|[\"'],[ \\t]*)\\\\*"
	      "(?|[\"']?((?!\\$)[^\\s:\"'$<\\[{\\\\]{0,128}"
	      "\\\\*[\"']?:\\\\*[\"']?(?!\\$)[^\\s\"'\\\\]{3,256})"
	      "|[\"']?([^\\s:\"'$<]{0,128}[\"']?:[\"'][^\\s\"'][^\"'\r\n]{2,256})"
	      "|(\"\\{[^\"]{3,128}\"?:\\\\*\"?[^\"]{3,256})"
	      "|[\"']([^\\s:\"'$<]{8,256}):\\\\*[\"'])",
	      plausible_login),

	/* URLs: the user goes with the password, which may hold '@' and '/'; "host:8080/x@y" holds none. */
	GROUP("url-password", ":// :\\/\\/",
	      ":\\\\?/\\\\?/([^\\s/?#\"'<>:@\\\\|\\[]{0,256}:(?![0-9]{1,5}(?:[/?#]|$))"
	      "(?:[^\\s\"'<>\\\\?#]{1,512}|[^\\s\"'<>\\\\]{1,512}))@",
	      plausible_login),
	GROUP("url-user-token", ":// :\\/\\/", ":\\\\?/\\\\?/([A-Za-z0-9_.~%-]{16,255})@", plausible_random),
	GROUP("webhook-url",
	      "hooks.slack.com /webhooks/ webhook.office.com outlook.office.com webhook.site "
	      "hooks.zapier.com "
	      "maker.ifttt.com hc-ping.com events.pagerduty.com thingsboard.cloud softlayer.com/soap",
	      "(?i)(?:hooks\\.slack\\.com/(?:services|workflows|triggers)/"
	      "|discord(?:app)?\\.com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{5,25}/"
	      "|(?:webhook|outlook)\\.office\\.com/webhook(?:b2)?/|webhook\\.site/"
	      "|hooks\\.zapier\\.com/hooks/catch/[0-9]{1,12}/"
	      "|maker\\.ifttt\\.com/trigger/[^/\\s]{1,64}/(?:json/)?with/key/|hc-ping\\.com/"
	      "|events\\.pagerduty\\.com/integration/|thingsboard\\.cloud/api/v1/"
	      "|softlayer\\.com/soap/v[0-9.]{1,4}/)([A-Za-z0-9@_+/=%.-]{8,512}+)",
	      NULL),
	GROUP("url-parameter",
	      "sig= signature= code= key= auth= ticket= session= sessionid= sid= jwt= assertion= hmac= "
	      "credential= "
	      "hash= verifier=",
	      "(?i)[?&;](?:amp;)?(?:[a-z0-9-]{0,20}(?:sig|signature|credential)|code|key|auth|ticket"
	      "|session(?:id)?"
	      "|sid|jwt|assertion|hmac|hash|code_verifier)=([^&\\s\"'<>#\\\\;]{10,4096}+)",
	      plausible_random),

	/* A name and its value. */
	GROUP("password", "pass pwd pw", LINE(PASSWORD_NAME SUFFIX), plausible_assigned),
	GROUP("api-key", "key license", LINE(KEY_NAME SUFFIX), plausible_assigned),
	GROUP("secret", "secret credential", LINE(SECRET_NAME SUFFIX), plausible_assigned),
	GROUP("password", "pass pwd pw", NAMED(PASSWORD_NAME SUFFIX), plausible_assigned),
	GROUP("api-key", "key license", NAMED(KEY_NAME SUFFIX), plausible_assigned),
	GROUP("secret", "secret credential", NAMED(SECRET_NAME SUFFIX), plausible_assigned),
	GROUP("token", "token", NAMED(TOKEN_NAME), plausible_token),
	GROUP("api-key", "key", NAMED("(?<=[A-Za-z0-9_.-])key"), plausible_random),
	GROUP("secret", "pass pwd secret token key credential",
	      "(?i)" FLAG "(?:password|passwd|passphrase|passcode|pass|pwd|secret|token|(?:api|secret|access)-?key"
	      "|credentials?)" FLAG_END VALUE,
	      plausible_assigned),
	GROUP("secret", "key", "(?i)" FLAG "key" FLAG_END VALUE, plausible_random),
	GROUP("secret", "password passwd pwd secret token apikey api_key",
	      "(?i)<[a-z0-9:._-]{0,40}(?:password|passwd|pwd|secret|token|apikey|api_key)>[ \\t\\r\\n]*"
	      "([^<\\s][^<]{2,512}?)[ \\t\\r\\n]*</",
	      plausible_assigned),
	GROUP("secret", "password passwd pwd secret token apikey api_key api-key",
	      "(?i)(?:name|key)\\\\*[\"']?[=:][ \\t]*\\\\*[\"'][a-z0-9:._-]{0,60}"
	      "(?:password|passwd|pwd|secret|token|apikey|api[_-]key)\\\\*[\"'],?\\s{0,8}"
	      "\\\\*[\"']?value\\\\*[\"']?[=:][ \\t]*\\\\*[\"']([^\"'\\r\\n\\\\]{3,1024}+)",
	      plausible_assigned),
	GROUP("secret", "password passwd secret token key pass",
	      "(?i)(?:password|passwd|secret|token|key|pass)\\\\*[\"'`]?\\)?[ \\t]*,[ \\t]*[\"'`\\\\]{1,4}"
	      "([A-Za-z0-9_+/=.-]{8,1024}+)",
	      plausible_random),
	GROUP("secret", "networkcredential",
	      "NetworkCredential\\(\\\\*[\"'][^\"'\\r\\n]{0,128}[\"'],[ \\t]*"
	      "\\\\*[\"']([^\"'\\r\\n\\\\]{4,256})",
	      plausible_real),
	GROUP("secret", "cc_test_reporter_id codeclimate",
	      "(?i)(?:cc_test_reporter_id"
	      "|codeclimate\\w{0,20})[\"']?[ \\t]*[:=][ \\t]*[\"']?([0-9a-f]{40,64})", NULL),
	GROUP("secret", "sonar",
	      "(?i)sonar[._]?(?:login|token)[\"'= \\t:,\\\\]{1,8}([a-z0-9_]{40,46})", NULL),

	/* Services whose bare name stands for their key: "okta: ...", "facebook.key". */
	GROUP("service-key",
	      "adafruit adobe airtable algolia asana beamer bitbucket bittrex cloudflare codecov cohere "
	      "coinbase "
	      "confluent contentful datadog droneci dropbox etsy facebook fastly finicity finnhub flickr "
	      "freshbooks "
	      "gitter heroku hubspot intercom jfrog artifactory kraken kucoin launchdarkly linkedin "
	      "looker mailchimp "
	      "mailgun mapbox mattermost meraki messagebird netlify newrelic nytimes okta plaid privateai "
	      "rapidapi "
	      "sendbird sentry snyk squarespace sumologic travis twitch twitter typeform yandex zendesk "
	      "cloudant "
	      "softlayer",
	      "(?i)(?:adafruit|adobe|airtable|algolia|asana|beamer|bitbucket|bittrex|cloudflare|codecov"
	      "|cohere"
	      "|coinbase|confluent|contentful|datadog|droneci|dropbox|etsy|facebook|fastly|finicity"
	      "|finnhub|flickr"
	      "|freshbooks|gitter|heroku|hubspot|intercom|jfrog|artifactory|kraken|kucoin|launchdarkly"
	      "|linkedin"
	      "|looker|mailchimp|mailgun|mapbox|mattermost|meraki|messagebird|netlify|newrelic|nytimes"
	      "|okta|plaid"
	      "|privateai|rapidapi|sendbird|sentry|snyk|squarespace|sumologic|travis|twitch|twitter"
	      "|typeform|yandex"
	      "|zendesk|cloudant|softlayer)[A-Za-z0-9_.-]{0,24}" NAME_END "[ \\t]*(?:=>|:="
	      "|[:=,])[ \\t]*[\"'`]?"
	      "([A-Za-z0-9_=.|+/-]{16,512}+)",
	      plausible_random),

	/* Codes that let somebody in once. Hermes: gateway/pairing.py, eight of 32 characters. */
	GROUP("pairing-code", "code otp pin",
	      "(?i:(?:pairing|verification|one-?time|login|sign-?in|security|2fa|mfa|otp|access"
	      "|auth(?:entication|ori[sz]ation)?|device|invite)[ _-]?(?:code|pin|otp))\\\\*[\"'`]?"
	      "(?:[ \\t]+(?i:is|was)|[ \\t]*[:=])?[ \\t]*(?:\\\\*[\"'`*]{1,2})?"
	      "((?=[A-Z-]*[0-9])[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8})?)" RIGHT,
	      NULL),
	GROUP("pairing-code", "pairing",
	      "(?i)pairing[ \\t]+approve[ \\t]+[a-z]{2,20}[ \\t]+([A-Z0-9]{6,12})" RIGHT, NULL),
	GROUP("pairing-code", "user_id",
	      "\"([A-HJ-NP-Z2-9]{8})\\\\?\"\\s{0,4}:\\s{0,4}\\{\\s{0,16}\\\\?\"user_id", NULL),

	/* Code and prose: "Improper token has been passed: ...", "the password is '...'". */
	GROUP("secret", "password passwd passphrase passcode",
	      "(?i)(?:password|passwd|passphrase|passcode)"
	      "(?:[ \\t]+for[^\\r\\n\"']{1,40}(?:[\"'][^\"'\\r\\n]{1,40}[\"'])?)?(?:[ \\t]+(?:is|was|of"
	      "|to))?[ \\t(:]+"
	      "\\\\*[\"'`]([^\"'`\\r\\n\\\\]{3,128})\\\\*[\"'`]",
	      plausible_assigned),
	{ "secret", "password passwd secret key token",
	  "([\"'])([^\"'\\r\\n]{6,256})\\1[ \\t]*[!=]==?[ \\t]*[A-Za-z_]{0,40}(?i:passwd|password|secret"
	  "|_key|token)"
	  "(?![A-Za-z])",
	  2, plausible_assigned, false },
	GROUP("secret", "token key password passwd secret credential passphrase",
	      "(?i)(?:token|key|password|passwd|secret|credential|passphrase)s?"
	      "(?:[ \\t]+[a-z]{1,16}(?=[ \\t:=])){0,6}+(?:[ \\t]*[:=][ \\t]*|[ \\t]+)(?:\\\\*[\"'`(])?"
	      "([A-Za-z0-9+/][A-Za-z0-9_+/=.~-]{9,1024}+)",
	      plausible_random),

	/* Personal data. */
	PERSONAL("email", "@",
		 "(?<![A-Za-z0-9._%+-])[\\p{L}\\p{N}._%+-]{1,64}+@"
		 "(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?\\.){1,8}"
		 "(?:xn--[A-Za-z0-9-]{2,59}|\\p{L}{2,24})" RIGHT,
		 plausible_email),
	PERSONAL("iban", "0 1 2 3 4 5 6 7 8 9",
		 LEFT "[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?" RIGHT, plausible_iban),
	PERSONAL("card", "0 1 2 3 4 5 6 7 8 9",
		 "(?<![A-Za-z0-9_.-])[1-6][0-9](?:[ -]?[0-9]){10,16}+" WORD_RIGHT, plausible_card),
	PERSONAL("phone", "+",
		 "(?<![A-Za-z0-9_.+-])\\+[1-9][0-9]{0,3}(?:[ .-]?\\(?[0-9]{1,14}\\)?){1,7}(?![A-Za-z0-9_])",
		 plausible_phone),
	PERSONAL("phone", "0 1 2 3 4 5 6 7 8 9",
		 "(?<![A-Za-z0-9_./+-])(?:(?:[0-9]{1,3}[ .-])?(?:\\([0-9]{3}\\)[ ]?|[0-9]{3}[ "
		 ".-])[0-9]{3}[ .-][0-9]{4}"
		 "|00[1-9][0-9]{0,2}(?:[ -][0-9]{2,8}){2,5}|\\(?0[0-9]{2,5}\\)?[ -][0-9]{3,4}[ -]?[0-9]{3,5}"
		 "|0[0-9](?:[ .][0-9]{2}){4}|[6-9][0-9]{4} [0-9]{5})" WORD_RIGHT "(?!\\.[0-9])",
		 plausible_phone),
	{ "phone", "phone mobile tel: tel= fax",
	  "(?i)(?<![A-Za-z])(?:phone|mobile|telephone|tel|fax)[a-z_ ]{0,12}[\"']?[ \\t]*[:=][ \\t]*[\"']?"
	  "(\\+?[0-9][0-9 ().-]{5,18}[0-9])(?![0-9])",
	  1, plausible_phone, true },
};

const size_t redact_n_rules = ARRAY_SIZE(redact_rules);
