#include "kiosk/store/chain.h"

#include <assert.h>
#include <string.h>

#include <nettle/sha2.h>
#include <sodium.h>

/* Nettle hashes with the processor's own instructions where it has them, libsodium never does: each
 * commit waits for its hashes, and a verifier does little else. */
_Static_assert(CHAIN_HASH_SIZE == SHA256_DIGEST_SIZE, "SHA-256");
_Static_assert(CHAIN_KEY_SIZE == crypto_sign_PUBLICKEYBYTES, "Ed25519");
_Static_assert(CHAIN_KEY_SIZE == crypto_sign_SEEDBYTES, "Ed25519");
_Static_assert(CHAIN_SIGNATURE_SIZE == crypto_sign_BYTES, "Ed25519");

/* The tags with their NUL. */
static const char genesis_tag[] = "biaogan genesis 1";
static const char row_tag[] = "biaogan row 1";
static const char checkpoint_tag[] = "biaogan checkpoint 1";
static const char head_tag[] = "biaogan head 1";
static const char head_key_tag[] = "biaogan head key 1";

/* ---- canonical bytes ------------------------------------------------------------------------- */

static void big_endian(uint64_t value, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bytes[size - 1 - i] = (uint8_t)(value >> (8 * i));
    }
}

/* A row may be long: its bytes go into the hash as they come. */
static void feed(struct sha256_ctx *state, const void *bytes, size_t size)
{
    sha256_update(state, size, bytes);
}

static void feed_integer(struct sha256_ctx *state, int64_t value)
{
    uint8_t bytes[8];
    big_endian((uint64_t)value, bytes, sizeof bytes);
    feed(state, bytes, sizeof bytes);
}

static void feed_text(struct sha256_ctx *state, const char *text, size_t length)
{
    uint8_t bytes[4];
    big_endian(length, bytes, sizeof bytes);
    feed(state, bytes, sizeof bytes);
    feed(state, text, length);
}

static void feed_utc(struct sha256_ctx *state, bool has_utc, int64_t utc_ms)
{
    const uint8_t known = has_utc;
    feed(state, &known, sizeof known);
    feed_integer(state, has_utc ? utc_ms : 0);
}

void chain_genesis(const struct chain_origin *origin, uint8_t hash[CHAIN_HASH_SIZE])
{
    struct sha256_ctx state;

    sha256_init(&state);
    feed(&state, genesis_tag, sizeof genesis_tag);
    feed(&state, origin->id, sizeof origin->id);
    feed(&state, origin->public_key, sizeof origin->public_key);
    feed_integer(&state, origin->imported_seq);
    sha256_digest(&state, CHAIN_HASH_SIZE, hash);
}

void chain_link(uint8_t hash[CHAIN_HASH_SIZE], const struct chain_row *row)
{
    struct sha256_ctx state;

    sha256_init(&state);
    feed(&state, row_tag, sizeof row_tag);
    feed(&state, hash, CHAIN_HASH_SIZE);
    feed_integer(&state, row->seq);
    feed_text(&state, row->kind, row->kind_length);
    feed_text(&state, row->boot, row->boot_length);
    feed_integer(&state, row->t_ms);
    feed_utc(&state, row->has_utc, row->utc_ms);
    feed_text(&state, row->clock, row->clock_length);
    feed_text(&state, row->body, row->body_length);
    sha256_digest(&state, CHAIN_HASH_SIZE, hash);
}

/* ---- signatures ------------------------------------------------------------------------------ */

struct message {
    uint8_t bytes[sizeof checkpoint_tag + CHAIN_ID_SIZE + 4 +
                  sizeof(((struct chain_checkpoint *)0)->site) + 8 + CHAIN_HASH_SIZE + 9 +
                  CHAIN_KEY_SIZE];
    size_t length;
};

static void put(struct message *message, const void *bytes, size_t size)
{
    assert(message->length + size <= sizeof message->bytes);
    memcpy(message->bytes + message->length, bytes, size);
    message->length += size;
}

static void put_integer(struct message *message, int64_t value)
{
    uint8_t bytes[8];
    big_endian((uint64_t)value, bytes, sizeof bytes);
    put(message, bytes, sizeof bytes);
}

static void checkpoint_message(const struct chain_checkpoint *checkpoint, struct message *message)
{
    uint8_t length[4];
    const uint8_t known = checkpoint->has_utc;
    size_t site_length = strnlen(checkpoint->site, sizeof checkpoint->site - 1);

    message->length = 0;
    big_endian(site_length, length, sizeof length);
    put(message, checkpoint_tag, sizeof checkpoint_tag);
    put(message, checkpoint->id, sizeof checkpoint->id);
    put(message, length, sizeof length);
    put(message, checkpoint->site, site_length);
    put_integer(message, checkpoint->covers);
    put(message, checkpoint->hash, sizeof checkpoint->hash);
    put(message, &known, sizeof known);
    put_integer(message, checkpoint->has_utc ? checkpoint->utc_ms : 0);
    put(message, checkpoint->key, sizeof checkpoint->key);
}

void chain_signer_init(struct chain_signer *signer, const uint8_t seed[CHAIN_KEY_SIZE])
{
    struct sha256_ctx state;
    uint8_t key[CHAIN_HASH_SIZE];

    int failed = crypto_sign_seed_keypair(signer->public_key, signer->secret_key, seed);
    assert(failed == 0);
    (void)failed;
    sha256_init(&state);
    feed(&state, head_key_tag, sizeof head_key_tag);
    feed(&state, seed, CHAIN_KEY_SIZE);
    sha256_digest(&state, CHAIN_HASH_SIZE, key);
    hmac_sha256_set_key(&signer->head, sizeof key, key);
    hmac_sha256_update(&signer->head, sizeof head_tag, (const uint8_t *)head_tag);
    sodium_memzero(key, sizeof key);
}

void chain_sign(struct chain_checkpoint *checkpoint, const struct chain_signer *signer)
{
    struct message message;

    memcpy(checkpoint->key, signer->public_key, sizeof checkpoint->key);
    checkpoint_message(checkpoint, &message);
    crypto_sign_detached(checkpoint->signature, NULL, message.bytes, message.length,
                         signer->secret_key);
}

bool chain_is_signed(const struct chain_checkpoint *checkpoint)
{
    struct message message;

    checkpoint_message(checkpoint, &message);
    return crypto_sign_verify_detached(checkpoint->signature, message.bytes, message.length,
                                       checkpoint->key) == 0;
}

void chain_fingerprint(const uint8_t key[CHAIN_KEY_SIZE], char text[CHAIN_FINGERPRINT_MAX])
{
    uint8_t hash[CHAIN_HASH_SIZE];
    char digits[CHAIN_FINGERPRINT_MAX];

    crypto_hash_sha256(hash, key, CHAIN_KEY_SIZE);
    chain_hex(hash, 16, digits);
    for (size_t group = 0; group < 8; group++) {
        memcpy(text + 5 * group, digits + 4 * group, 4);
        text[5 * group + 4] = '-';
    }
    text[CHAIN_FINGERPRINT_MAX - 1] = '\0';
}

/* ---- the head -------------------------------------------------------------------------------- */

void chain_head_mac(const struct chain_signer *signer, const uint8_t id[CHAIN_ID_SIZE], int64_t seq,
                    const uint8_t hash[CHAIN_HASH_SIZE], uint8_t mac[CHAIN_HASH_SIZE])
{
    struct hmac_sha256_ctx state = signer->head;
    uint8_t number[8];

    big_endian((uint64_t)seq, number, sizeof number);
    hmac_sha256_update(&state, CHAIN_ID_SIZE, id);
    hmac_sha256_update(&state, sizeof number, number);
    hmac_sha256_update(&state, CHAIN_HASH_SIZE, hash);
    hmac_sha256_digest(&state, CHAIN_HASH_SIZE, mac);
}

/* ---- digits ---------------------------------------------------------------------------------- */

void chain_hex(const uint8_t *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
}

bool chain_unhex(const char *text, uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    if (strnlen(text, 2 * size + 1) != 2 * size || strspn(text, digits) != 2 * size) {
        return false;
    }
    return sodium_hex2bin(bytes, size, text, 2 * size, NULL, NULL, NULL) == 0;
}
