-- One tick as bare SQL: lock the item and the head of its project's chain, change the item, append to the trail, move the head.
-- For pgbench with -M prepared -D projects=N -D items=M.
\set project random(1, :projects)
\set item (:project - 1) * :items + random(1, :items)
begin;
select stage, status from item where id = :item for update;
select seq, hash from chain_head where project_id = :project for update \gset
update item set status = 1 - least(status, 1), version = version + 1, updated_at = now() where id = :item;
insert into audit (project_id, seq, item_id, actor, action, detail, prev_hash, hash) values (:project, :seq + 1, :item, 'user1', 'tick', '{"from":0,"to":1,"note":""}', :hash, sha256(:hash));
update chain_head set seq = :seq + 1, hash = sha256(:hash) where project_id = :project;
commit;
