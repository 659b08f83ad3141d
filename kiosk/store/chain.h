/* The chain: what is hashed, what is signed, byte by byte.
 *
 * This page is the specification: a second verifier (tests/ledger/verify.py) is written from it
 * alone. Every message begins with a domain tag that ends in a NUL, so that no message of one kind
 * is one of another; every text is preceded by its length, so that no byte can move from one field
 * into the next. In what follows
 *
 *   u8     one byte
 *   u32    four bytes, big-endian
 *   i64    eight bytes, big-endian, two's complement
 *   text   u32 length in bytes, then the bytes (UTF-8, no NUL)
 *   utc    u8 1 and i64 milliseconds since 1970-01-01 UTC; where the row has none (SQL NULL):
 *          u8 0 and i64 0. An unknown time and the time 0 are so two different things.
 *   hash   32 bytes of SHA-256
 *
 * Genesis, the hash before row 1, from the one row of the table `ledger_meta`:
 *
 *   SHA-256( "biaogan genesis 1\0" | id: 16 bytes | public_key: 32 bytes | imported_seq: i64 )
 *
 *   `id` is random, made with the ledger. `public_key` is the key in force from row 1 on.
 *   `imported_seq` is the last row that was there before the chain was (0: none): up to it the
 *   rule of 100 rows does not hold.
 *
 * Row n, its column `hash`:
 *
 *   SHA-256( "biaogan row 1\0" | hash of row n-1, or genesis | seq: i64 | kind: text | boot: text |
 *            t_ms: i64 | utc_ms: utc | clock: text | body: text )
 *
 * After a purge the first row that is left is P+1, and a later row of kind `purge` holds
 * "last_seq":P and "hash", which is the hash of row P.
 *
 * Checkpoint, a row of kind `checkpoint` with the body
 * {"v":1,"covers":S,"hash":"..","site":"..","key":"..","signature":".."}, all hexadecimal digits
 * lower case: S is the row before it, `hash` the hash of that row, `key` the Ed25519 public key in
 * force, and the signature is over
 *
 *   "biaogan checkpoint 1\0" | id: 16 bytes | site: text | S: i64 | hash of row S |
 *   utc_ms of the checkpoint row: utc | public key: 32 bytes
 *
 * A checkpoint stands behind the 100th row since the last one, behind every row of kind collection,
 * export, purge, key, set_aside and stop, and where the oldest unsigned row is 15 minutes old.
 *
 * Key in force: `public_key` of ledger_meta up to the first row of kind `key`; from each such row
 * on the "key" in its body, whose "previous" names the one before. A checkpoint of any other key
 * is forged. After a purge, whose rows may have named keys, it is up to the first row of kind `key`
 * that is left the "previous" of that row, and where none is left the "key" of the checkpoint
 * behind the newest row of kind `purge`.
 *
 * Statement, a checkpoint outside the ledger (the head file, the QR code on the screen, the
 * manifest of an export): one line, fields separated by one blank, "-" for an empty site or an
 * unknown time, blanks in a site written as "_":
 *
 *   biaogan-checkpoint 1 ID SITE S HASH UTC_MS KEY SIGNATURE
 *
 * Head, the file `head` beside the ledger: three blocks of 512 bytes, each one line, blanks up to
 * its newline in byte 511. Block 2 is the statement of the newest checkpoint. Blocks 0 and 1 are
 * written in turn, each after a commit and never before it; the one with the higher SEQ counts:
 *
 *   biaogan-head 1 ID SEQ HASH MAC
 *
 *   MAC = HMAC-SHA-256(K, "biaogan head 1\0" | id: 16 bytes | SEQ: i64 | hash of row SEQ),
 *   K = SHA-256("biaogan head key 1\0" | the 32 bytes of the key file)
 *
 * They are not synced: after a power cut the head may be behind the ledger, never ahead of it. A
 * ledger that ends before its head was cut, or is an old copy.
 *
 * What is wrong with a ledger, by the first row that breaks a rule, in this order for each row; the
 * words are the reasons that verifiers give (kiosk/store/verify.h):
 *
 *   missing    its seq is not the one before plus 1 (the first: 1, or behind the newest purge)
 *   malformed  seq, t_ms are integers, utc_ms an integer or NULL, hash a blob of 32 bytes, kind,
 *              boot, clock and body texts; one is not
 *   hash       the column `hash` is not the hash
 *   unsigned   the row before was to be followed by a checkpoint at once, or this is the 101st row
 *              since the last one, and it is none; not up to imported_seq
 *   forged     a checkpoint whose body is not as above, that covers another row or hash, whose key
 *              is not in force, or whose signature is wrong; a `key` row whose "previous" is not
 *              the key in force
 *   clock      `clock` is not one of unset, rtc, ntp, or it is unset and utc_ms is not NULL, or the
 *              other way round
 *
 * and, for rows of other kinds than checkpoint, key, settings, export, storage, set_aside, purge,
 * calibration, compared with the last such row before:
 *
 *   boot       another boot, and the row is no `start`
 *   order      same boot, no `start`, and t_ms is less
 *   clock      same boot, no `start`, both utc_ms known, and utc_ms went on by other than t_ms
 *              (plus "step_ms" where the row is a `clock`) by more than 1000 ms and a 500th
 *
 * Then, where no row broke a rule: `cut` with the first seq that is not there, where the head or an
 * anchor is about a later row; `replaced`, where it has another hash for its row; `foreign`, where
 * it has another id; `anchor`, where an anchor is not signed by the key in force at its row; `key`
 * with the last `key` row; `head`, where it is missing.
 *
 * Key file, `ledger.key`, mode 0600: the line "biaogan-key 1 SEED" with the Ed25519 seed in 64
 * hexadecimal digits. Fingerprint of a public key: the first 16 bytes of its SHA-256, in groups of
 * four hexadecimal digits.
 *
 * Pure functions; any thread.
 */
#ifndef KIOSK_STORE_CHAIN_H
#define KIOSK_STORE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nettle/hmac.h>
#include <sodium.h>

enum {
    CHAIN_ID_SIZE = 16,
    CHAIN_KEY_SIZE = 32, /* of a public key, and of a seed */
    CHAIN_HASH_SIZE = 32,
    CHAIN_SIGNATURE_SIZE = 64,
    CHAIN_SIGNED_ROWS = 100,          /* so many rows wait for a checkpoint at most */
    CHAIN_SIGNED_MS = 15 * 60 * 1000, /* and so long, while the program runs */
    CHAIN_FINGERPRINT_MAX = 8 * 5,    /* with its NUL */
    CHAIN_HEX_MAX = 2 * CHAIN_SIGNATURE_SIZE + 1
};

/* What makes a ledger this one and no other. */
struct chain_origin {
    uint8_t id[CHAIN_ID_SIZE];
    uint8_t public_key[CHAIN_KEY_SIZE];
    int64_t imported_seq;
};

/* A row as it stands in the table. The texts are borrowed; their lengths count bytes. */
struct chain_row {
    int64_t seq, t_ms;
    bool has_utc;
    int64_t utc_ms;
    const char *kind, *boot, *clock, *body;
    size_t kind_length, boot_length, clock_length, body_length;
};

void chain_genesis(const struct chain_origin *origin, uint8_t hash[CHAIN_HASH_SIZE]);

/* `hash` holds that of the row before and becomes that of `row`. */
void chain_link(uint8_t hash[CHAIN_HASH_SIZE], const struct chain_row *row);

/* What a checkpoint says. */
struct chain_checkpoint {
    uint8_t id[CHAIN_ID_SIZE];
    char site[48];
    int64_t covers;
    uint8_t hash[CHAIN_HASH_SIZE];
    bool has_utc;
    int64_t utc_ms;
    uint8_t key[CHAIN_KEY_SIZE];
    uint8_t signature[CHAIN_SIGNATURE_SIZE];
};

/* All that is made of the content of a key file, once. To be forgotten by sodium_memzero(). */
struct chain_signer {
    uint8_t public_key[CHAIN_KEY_SIZE];
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
    struct hmac_sha256_ctx head; /* with its key and its tag */
};
void chain_signer_init(struct chain_signer *signer, const uint8_t seed[CHAIN_KEY_SIZE]);

/* Fills key and signature. */
void chain_sign(struct chain_checkpoint *checkpoint, const struct chain_signer *signer);

/* Whether the signature is one of checkpoint->key. Whether that key may sign is another question.
 */
bool chain_is_signed(const struct chain_checkpoint *checkpoint);

void chain_fingerprint(const uint8_t key[CHAIN_KEY_SIZE], char text[CHAIN_FINGERPRINT_MAX]);

void chain_head_mac(const struct chain_signer *signer, const uint8_t id[CHAIN_ID_SIZE], int64_t seq,
                    const uint8_t hash[CHAIN_HASH_SIZE], uint8_t mac[CHAIN_HASH_SIZE]);

/* Lower-case hexadecimal digits, of what is no secret (its time tells of the bytes), and back;
 * false where `text` is not exactly 2 * size of them. */
void chain_hex(const uint8_t *bytes, size_t size, char *text);
bool chain_unhex(const char *text, uint8_t *bytes, size_t size);

#endif
