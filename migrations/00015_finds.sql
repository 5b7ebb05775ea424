-- +goose Up

-- The answer that an item's note was written for, which a later answer may have
-- replaced; empty without a note.
alter table item
    add column note_for text not null default '' check (note_for in ('', 'open', 'met', 'not-met', 'not-applicable'));
update item i
   set note_for = w.answer
  from (
    select distinct on (n.project_id, n.review_no, n.stage, n.item)
           n.project_id, n.review_no, n.stage, n.item, t.body ->> 'to' as answer
      from item n
      join trail t on t.stream_id = n.project_id and t.stage = n.stage and t.item = n.item and t.kind = 'ItemAnswered' and t.at <= n.answered_at
     where n.note <> '' and coalesce(t.body ->> 'note', '') <> coalesce(t.body ->> 'from_note', '')
     order by n.project_id, n.review_no, n.stage, n.item, t.seq desc
  ) w
 where i.project_id = w.project_id and i.review_no = w.review_no and i.stage = w.stage and i.item = w.item;

-- +goose Down
alter table item drop column note_for;
