-- +goose Up

-- Seats are words of published documents, so no list of them stands here.
alter table granted drop constraint granted_seat_check;
alter table granted add constraint granted_seat_check check (seat = '' or seat ~ '^[a-z][a-z0-9-]*$');

-- +goose Down
delete from granted where seat not in ('', 'product', 'engineering', 'architecture', 'qa', 'sre', 'security', 'compliance', 'data');
alter table granted drop constraint granted_seat_check;
alter table granted add constraint granted_seat_check
    check (seat in ('', 'product', 'engineering', 'architecture', 'qa', 'sre', 'security', 'compliance', 'data'));
