#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "kiosk/store/body.h"
#include "kiosk/store/ledger_internal.h"

int ledger_find_newest(struct ledger *ledger, enum event_kind kind, struct kiosk_event *event)
{
    char query[240], reason[BODY_REASON_MAX];
    sqlite3_stmt *row = NULL;

    memset(event, 0, sizeof *event);
    event->kind = kind;
    snprintf(query, sizeof query,
             "SELECT body FROM ledger WHERE kind = '%s' AND " SCHEMA_RARE
             " ORDER BY seq DESC LIMIT 1",
             event_kind_text(kind));
    int code = sqlite3_prepare_v2(ledger->db.handle, query, -1, &row, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(row);
    }
    if (code == SQLITE_ROW) {
        const char *body = ledger_column_text(row, 0);
        bool understood = body_decode(event, body, (size_t)sqlite3_column_bytes(row, 0), reason);
        code = understood ? SQLITE_OK : SQLITE_CORRUPT;
    }
    sqlite3_finalize(row);
    return code;
}

int ledger_find_key(struct ledger *ledger, const struct chain_origin *origin, int64_t seq,
                    uint8_t key[CHAIN_KEY_SIZE], int64_t *key_seq)
{
    /* The first of them that there is. ?2: a purge took the beginning, and with it rows of keys. */
    static const char query[] =
        "SELECT * FROM (SELECT seq, json_extract(body, '$.key') FROM ledger WHERE kind = 'key'"
        " AND " SCHEMA_RARE " AND seq <= ?1 ORDER BY seq DESC LIMIT 1)"
        " UNION ALL SELECT * FROM (SELECT 0, json_extract(body, '$.previous') FROM ledger"
        " WHERE kind = 'key' AND " SCHEMA_RARE " AND seq > ?1 AND ?2 ORDER BY seq LIMIT 1)"
        " UNION ALL SELECT * FROM (SELECT 0, json_extract(body, '$.key') FROM ledger"
        " WHERE kind = 'checkpoint' AND ?2 AND seq = 1 + (SELECT max(seq) FROM ledger"
        " WHERE kind = 'purge' AND " SCHEMA_RARE ")) LIMIT 1";
    sqlite3_stmt *row = NULL;
    int code = SQLITE_OK;
    const bool is_purged =
        schema_integer(ledger->db.handle, "SELECT min(seq) FROM ledger", 1, &code) > 1;

    memcpy(key, origin->public_key, CHAIN_KEY_SIZE);
    *key_seq = 0;
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(ledger->db.handle, query, -1, &row, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(row, 1, seq);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int(row, 2, is_purged);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(row);
    }
    if (code == SQLITE_ROW) {
        *key_seq = sqlite3_column_int64(row, 0);
        code = chain_unhex(ledger_column_text(row, 1), key, CHAIN_KEY_SIZE) ? SQLITE_OK
                                                                            : SQLITE_CORRUPT;
    }
    sqlite3_finalize(row);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int ledger_compare_key(struct ledger *ledger, bool made)
{
    uint8_t in_force[CHAIN_KEY_SIZE];
    int64_t seq;
    int code = ledger_find_key(ledger, &ledger->origin, INT64_MAX, in_force, &seq);

    if (code != SQLITE_OK) {
        return code;
    }
    ledger->has_new_key = memcmp(in_force, ledger->key.signer.public_key, sizeof in_force) != 0;
    if (ledger->has_new_key) {
        chain_hex(ledger->key.signer.public_key, CHAIN_KEY_SIZE, ledger->new_key.key);
        chain_hex(in_force, CHAIN_KEY_SIZE, ledger->new_key.previous);
        snprintf(ledger->new_key.reason, sizeof ledger->new_key.reason, "%s",
                 ledger->key.was_damaged ? "damaged"
                 : made                  ? "missing"
                                         : "replaced");
    }
    return SQLITE_OK;
}

/* The end of the chain, and how many rows wait for a checkpoint. */
static int load_chain(struct ledger *ledger)
{
    struct ledger_end *end = &ledger->end;
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(
        ledger->db.handle, "SELECT kind, hash FROM ledger ORDER BY seq DESC", -1, &rows, NULL);

    chain_genesis(&ledger->origin, end->hash);
    end->unsigned_rows = 0;
    end->unsigned_ms = INT64_MAX;
    for (bool first = true; code == SQLITE_OK; first = false) {
        code = sqlite3_step(rows);
        if (code != SQLITE_ROW) {
            break;
        }
        code = SQLITE_OK;
        if (first && sqlite3_column_bytes(rows, 1) == CHAIN_HASH_SIZE) {
            memcpy(end->hash, sqlite3_column_blob(rows, 1), CHAIN_HASH_SIZE);
        } else if (first) {
            code = SQLITE_CORRUPT;
        }
        if (event_kind_find(ledger_column_text(rows, 0)) == EVENT_CHECKPOINT ||
            end->unsigned_rows >= CHAIN_SIGNED_ROWS) {
            break;
        }
        end->unsigned_rows++;
    }
    sqlite3_finalize(rows);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int ledger_load(struct ledger *ledger)
{
    static const char query[] = "SELECT coalesce((SELECT max(seq) FROM ledger), 0),"
                                " (SELECT boot FROM boots ORDER BY first_seq DESC LIMIT 1),"
                                " (SELECT site FROM runs ORDER BY seq DESC LIMIT 1)";
    sqlite3_stmt *state = NULL;
    int code = sqlite3_prepare_v2(ledger->db.handle, query, -1, &state, NULL);

    if (code == SQLITE_OK) {
        code = sqlite3_step(state);
    }
    if (code == SQLITE_ROW) {
        ledger->end.last_seq = sqlite3_column_int64(state, 0);
        ledger->end.boot_known = strcmp(ledger_column_text(state, 1), ledger->boot) == 0;
        snprintf(ledger->end.site, sizeof ledger->end.site, "%s", ledger_column_text(state, 2));
        code = SQLITE_OK;
    }
    sqlite3_finalize(state);
    ledger->end.last_day = SCHEMA_DAY_UNKNOWN;
    if (code == SQLITE_OK) {
        code = schema_origin(ledger->db.handle, &ledger->origin);
    }
    if (code == SQLITE_OK) {
        code = load_chain(ledger);
    }
    ledger->committed = ledger->end;
    return code;
}

/* A ledger that begins beside damaged ones, or in place of one that is gone, says what came before
 * it. */
static void look_aside(struct ledger *ledger, const char *directory)
{
    char path[DB_PATH_MAX + 32];
    struct head head;
    int number = 0;

    do {
        snprintf(path, sizeof path, "%s.damaged-%d", ledger->db.path, number + 1);
    } while (access(path, F_OK) == 0 && ++number < 9999);
    memset(&ledger->aside, 0, sizeof ledger->aside);
    head_read(directory, &ledger->key, &head);
    if (head.has_end && head.is_proven) {
        /* It tells the end of a ledger that is gone without a trace: the file's name stays "". */
        ledger->has_aside = true;
    } else if (number > 0) {
        snprintf(ledger->aside.file, sizeof ledger->aside.file, "ledger.db.damaged-%d", number);
        snprintf(path, sizeof path, "head.damaged-%d", number);
        head_read_named(directory, path, &ledger->key, &head);
        ledger->has_aside = true;
    } else {
        return;
    }
    ledger->aside.has_last = head.has_end;
    if (head.has_end) {
        ledger->aside.last_seq = head.seq;
        chain_hex(head.hash, sizeof head.hash, ledger->aside.last_hash);
    }
}

enum ledger_result ledger_open_key(struct ledger *ledger, const char *directory, bool *made,
                                   char error[LEDGER_ERROR_MAX])
{
    enum key_state state = recorder_key_open(&ledger->key, directory, true);

    *made = state == KEY_MADE;
    if (state == KEY_LOADED || state == KEY_MADE) {
        return LEDGER_OK;
    }
    const int reason = errno;
    snprintf(error, LEDGER_ERROR_MAX,
             "%.120s/ledger.key: cannot be read or made (%s); give the directory to this "
             "program's user",
             directory, strerror(reason));
    return reason == ENOSPC || reason == EDQUOT ? LEDGER_FULL : LEDGER_UNWRITABLE;
}

int ledger_migrate(struct ledger *ledger, const char *directory, enum schema_state state)
{
    struct chain_origin birth = {.imported_seq = 0};
    int code = SQLITE_OK;

    if (state == SCHEMA_OLDER) {
        const int64_t version = schema_integer(ledger->db.handle, "PRAGMA user_version", 0, &code);
        if (code == SQLITE_OK && version == 0) {
            look_aside(ledger, directory);
        }
        randombytes_buf(birth.id, sizeof birth.id);
        memcpy(birth.public_key, ledger->key.signer.public_key, sizeof birth.public_key);
    }
    return code == SQLITE_OK ? schema_migrate(ledger->db.handle, &birth) : code;
}
