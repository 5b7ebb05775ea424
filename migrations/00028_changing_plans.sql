-- +goose Up

-- What a change of the plan leaves behind beside the plan itself: the upgrade that
-- can be undone, wishes to lower an item, and where moved things came from. Null
-- where there is nothing.
alter table review add column planning json;

-- An item that moves to another stage, or gets another key, takes what was said
-- about it along.
alter table comment
    drop constraint comment_project_id_review_no_stage_item_fkey,
    add constraint comment_of_item foreign key (project_id, review_no, stage, item)
        references item (project_id, review_no, stage, item) on update cascade;

-- +goose Down
alter table comment
    drop constraint comment_of_item,
    add constraint comment_project_id_review_no_stage_item_fkey foreign key (project_id, review_no, stage, item)
        references item (project_id, review_no, stage, item);
alter table review drop column planning;
