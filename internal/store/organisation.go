package store

// fate is what becomes of a table when the organisation is exported.
type fate int

const (
	carried  fate = iota + 1 // its rows are in the file, and an import writes them
	shown                    // its rows are in the file for readers; an import makes them of the trail, and compares
	derived                  // made of the trail by an import, and not in the file
	instance                 // of this instance alone: never in the file
)

// exported is a table of the schema, and what becomes of it.
type exported struct {
	table string
	fate  fate
	kind  string // of its lines, when it has some
	// without are columns that stand nowhere in the file: what searches and lists go by,
	// which is filled in anew, and what would tell the same twice.
	without []string
	why     string
}

// organisation lists every table of the schema, with those that have lines in the order of
// the file: what others refer to comes first, then the trail, then what refers to the trail,
// and last what can be read off it. A new table has to be put here, or a test fails.
//
// Secrets are never in the file, nor are their hashes.
var organisation = []exported{
	{"person", carried, "person", []string{"search", "folded"}, "the trail holds numbers only; by issuer and subject people sign in again"},
	{"template_version", carried, "document", nil, "the published bytes, which digests and signatures name"},
	{"trail", carried, "entry", nil, "what happened: the library's entries, then each project's, then those of rights"},
	{"checkpoint", carried, "checkpoint", nil, "signed once, and never made again"},
	{"checkpoint_head", carried, "checkpoint-head", nil, "what a checkpoint signed"},
	{"project_draft", carried, "project-draft", nil, "what somebody is still typing"},
	{"draft", carried, "document-draft", nil, "what somebody is still writing"},
	{"import_columns", carried, "import-columns", nil, "what people said of the columns of their spreadsheets"},
	{"saved_view", carried, "saved-view", nil, "lists that people keep under a name"},
	{"snapshot", carried, "day", nil, "past days cannot be told from the trail"},
	{"snapshot_project", carried, "day-of-project", nil, "past days cannot be told from the trail"},

	{"stream", shown, "stream", nil, "where each part of the trail ends"},
	{"project", shown, "project", []string{"search", "members", "duties", "responsibilities"}, "read off the trail"},
	{"project_member", shown, "member", nil, "read off the trail"},
	{"responsibility", shown, "responsibility", nil, "read off the trail"},
	{"review", shown, "review", nil, "read off the trail"},
	{"item", shown, "answer", nil, "read off the trail"},
	{"comment", shown, "comment", []string{"once"}, "read off the trail"},
	{"evidence", shown, "evidence", []string{"search"}, "read off the trail"},
	{"round", shown, "round", nil, "read off the trail"},
	{"sign_off", shown, "sign-off", nil, "read off the trail"},
	{"finding", shown, "finding", nil, "read off the trail"},
	{"condition", shown, "condition", nil, "read off the trail"},
	{"waiver", shown, "waiver", []string{"applies"}, "read off the trail"},
	{"record", shown, "record", []string{"search", "alarm"}, "read off the trail"},
	{"record_comment", shown, "record-comment", []string{"once"}, "read off the trail"},
	{"record_reading", shown, "reading", nil, "read off the trail"},

	{"plan", derived, "", nil, "composed of published documents and the trail"},
	{"stage", derived, "", nil, "what lists show"},
	{"portfolio", derived, "", nil, "what lists show"},
	{"gate", derived, "", nil, "what lists show"},
	{"wish", derived, "", nil, "what lists show"},
	{"granted", derived, "", nil, "rights in force, from the trail"},
	{"withheld", derived, "", nil, "rights in force, from the trail"},
	{"delegation", derived, "", nil, "stand-ins, from the trail"},
	{"retired_version", derived, "", nil, "from the library's trail"},
	{"offering", derived, "", nil, "how far projects have followed others, which they do once more"},

	{"session", instance, "", nil, "a secret's hash: everybody signs in again"},
	{"login_flow", instance, "", nil, "secrets of sign-ins under way"},
	{"logout_notice", instance, "", nil, "logout tokens of this provider that were used"},
	{"calendar_feed", instance, "", nil, "a secret's hash: people make a new address for their calendars"},
	{"import", instance, "", nil, "a file that somebody is bringing in just now, and can choose again"},
	{"goose_db_version", instance, "", nil, "the schema of this database"},
	{"schema_range", instance, "", nil, "the programs that may use this database"},
}

// inFile lists the tables that have lines, in the order of the file.
func inFile() []*exported {
	var out []*exported
	for i := range organisation {
		if t := &organisation[i]; t.fate == carried || t.fate == shown {
			out = append(out, t)
		}
	}
	return out
}
