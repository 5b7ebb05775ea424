package formats

import "testing"

// What has no place in a draft is said in words, whatever the format.
func TestLost(t *testing.T) {
	for _, tc := range []struct {
		format Format
		src    string
		want   []string
	}{
		{
			Lens, `{"schemaVersion": "2021-11-01", "owner": "x", "pillars": [{"Name": "a", "order": 1, "questions": [{"title": "b", "weight": 2, "riskRules": [],
			"choices": [{"id": "c_d", "title": "e", "helpfulResource": {"Url": "https://example.org", "icon": "f"}}]}]}]}`,
			[]string{"1 field “owner”", "1 field “order”", "1 field “weight”", "1 field “icon”"},
		},
		{
			Badge, "'0':\n  a:\n    b:\n      c: {category: MUST, description: '<img src=x>d <script>e</script>', met_suppress: true}\n",
			[]string{"1 picture", "1 script or style", "1 field “met_suppress”", "1 heading within a group"},
		},
		{
			Baseline, "metadata: {title: a, version: 1}\nlexicon: b\ncontrols:\n- id: A\n  title: c\n  owner: d\n  assessment-requirements: [{text: e, note: f}]\n",
			[]string{"1 field of the metadata", "1 field “lexicon”", "1 field “owner”", "1 field “note”", "1 id of a control"},
		},
		{
			CSV, "Our list,,,\nTitle,L1,L2,Text\n,,,lost\na,maybe,x,b\n",
			[]string{"1 row above the headings", "1 row before the first item", "1 cell of a level is no mark"},
		},
		{
			Markdown, "---\na: b\n---\n\n# C\n\nSee [d](https://example.org).\n\n<!-- - [ ] no item -->\n\n- [ ] e <!-- f --> ~~g~~ [h](#i)\n",
			[]string{"1 block of settings", "1 link in a paragraph", "1 block of HTML or comment", "1 comment within a line", "1 text is struck through", "1 link within the text"},
		},
		{
			ASVS, `{"Version": "4", "Requirements": [{"Item": "V1", "Description": "a", "L1": "x", "CWE": "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22"}]}`,
			[]string{"1 field of the standard", "1 source beyond the 20th"},
		},
		{
			Azure, `{"items": [{"text": "a", "guid": "b", "links": [{"url": "https://example.org", "type": "docs"}]}], "categories": [{"name": "c", "guid": "d"}]}`,
			[]string{"1 field “type”", "1 field “guid”"},
		},
	} {
		r, err := Read(tc.format, "x", []byte(tc.src), Options{})
		if err != nil || r.Refused() {
			t.Errorf("%s: %v %q", tc.format, err, problems(r))
			continue
		}
		checkDraft(t, r)
		says(t, string(tc.format), r.Lost, tc.want...)
		if r.Counts.Items != 1 {
			t.Errorf("%s: %+v", tc.format, r.Counts)
		}
	}
}
