-- Made after the rows: that is faster, and the indexes come out compact.
create index on item (project_id, stage, position);
create index on evidence (project_id);
