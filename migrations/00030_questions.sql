-- +goose Up

-- What was chosen of an item that is a question: keys with spaces between, - for
-- none of them, nothing for what is no answer by choices; and what its rules made
-- of that.
alter table item
    add column choices text not null default '',
    add column risk    text not null default '' check (risk in ('', 'none', 'medium', 'high')),
    add constraint item_risk_of_choices check ((choices = '') = (risk = '')),
    add constraint item_choices_answer check (choices = '' or state in ('met', 'not-met') and (state = 'met') = (risk = 'none'));

-- +goose Down
alter table item drop column risk, drop column choices;
