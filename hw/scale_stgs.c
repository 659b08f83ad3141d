/* The "ST,GS" text family: T-Scale, Bison, GSC, GRAM, WT3000i, NHB and many more.
 *
 *     bytes  text         meaning
 *     2      ST US OL     stable, moving, out of range
 *            UL LO        under the range
 *     0-1    + -          only after OL: over or under (Bison)
 *     1      ,
 *     0-n    blanks       SL-7515
 *     2      GS NT TR     gross, net, stored tare
 *     0-1    ,            NHB and Tiger leave it out
 *     5-11   value        blanks, a sign or none, blanks, digits with at most one point; manuals
 *                         say sign and 6 to 8 characters; "- 008880" (blank after the sign) and
 *                         "-000050." (point at the end) were recorded, "-12.5" and ".234" stand
 *                         in tests and manuals
 *     0-1    ,            Tiger
 *     0-n    blanks
 *     1-3    unit         kg g t lb oz jin ozt ct pcs pc % in any case; may be missing only where
 *                         the port's settings name one
 *     0-n    blanks
 *     1      CR or LF     end; further line ends stand between frames, and so do STX and ETX, which
 *                         some put around a line
 *
 * Out of range the digits, their width and the unit mean nothing and may be missing: blanks, a
 * point among them, 9s, zeros and dashes have all been seen. After OL one '-' makes it underload; a
 * row of them fills the place of the digits and is no sign.
 *
 * Sources: manuals of T-Scale, Bison, GSC, GRAM; Selleton SL-7515 p.14 and SL-7516 p.18, Tiger
 * TI-02-P p.21, KERN KXS-TM p.70, A&D AD-4406 p.45; field recordings marked [C] in tests/vectors.
 *
 * Commands of Bison indicators, with CR LF: MZ zero, MT tare, CT clear tare. Others of the family
 * know none, or their own, and pass these over; whether the scale did it shows in what it sends.
 *
 * Some devices send each frame twice; both count. There is no check: a changed digit, a lost digit
 * or the lost 'k' of "kg" is a wrong weight that only port_config.equal_frames can catch.
 * Everything that is not exactly this grammar is refused, NUL and bit 8 included.
 */
#include "hw/bytes.h"
#include "hw/decimal.h"
#include "hw/drivers.h"
#include "hw/text_line.h"

#include <string.h>

enum {
    FRAME_SHORTEST = 7, /* "OL,GS," and an end */
    FRAME_LONGEST = 32, /* with its end; the longest seen has 22 */
    VALUE_NARROWEST = 5,
    VALUE_WIDEST = 11, /* "0." and nine decimals */
    USUAL_SIGN_AT = 6,
    USUAL_UNIT_AT = 14,
    USUAL_LENGTH = 18,
    MODE_BYTES = 2 /* GS, NT or TR */
};

/* Not inlined, so that the usual frame does not pay for its registers. */
#define APART __attribute__((noinline)) static

enum byte_class {
    BAD,
    COMMA,
    BLANK,
    PLUS_MINUS,
    DIGIT,
    POINT,
    LINE_END,
    UNIT_LETTER, /* a letter of a unit only; the others also stand in the words before the value */
    G,
    L,
    N,
    O,
    R,
    S,
    T,
    U,
    CLASS_COUNT
};

static const uint8_t byte_class[256] = {
    ['\x02'] = LINE_END, ['\x03'] = LINE_END, [','] = COMMA,       [' '] = BLANK,
    ['+'] = PLUS_MINUS,  ['-'] = PLUS_MINUS,  ['.'] = POINT,       ['\r'] = LINE_END,
    ['\n'] = LINE_END,   ['0'] = DIGIT,       ['1'] = DIGIT,       ['2'] = DIGIT,
    ['3'] = DIGIT,       ['4'] = DIGIT,       ['5'] = DIGIT,       ['6'] = DIGIT,
    ['7'] = DIGIT,       ['8'] = DIGIT,       ['9'] = DIGIT,       ['G'] = G,
    ['L'] = L,           ['N'] = N,           ['O'] = O,           ['R'] = R,
    ['S'] = S,           ['T'] = T,           ['U'] = U,           ['B'] = UNIT_LETTER,
    ['I'] = UNIT_LETTER, ['J'] = UNIT_LETTER, ['K'] = UNIT_LETTER, ['Z'] = UNIT_LETTER,
    ['b'] = UNIT_LETTER, ['g'] = UNIT_LETTER, ['i'] = UNIT_LETTER, ['j'] = UNIT_LETTER,
    ['k'] = UNIT_LETTER, ['l'] = UNIT_LETTER, ['n'] = UNIT_LETTER, ['o'] = UNIT_LETTER,
    ['t'] = UNIT_LETTER, ['z'] = UNIT_LETTER, ['C'] = UNIT_LETTER, ['P'] = UNIT_LETTER,
    ['c'] = UNIT_LETTER, ['p'] = UNIT_LETTER, ['s'] = UNIT_LETTER, ['%'] = UNIT_LETTER,
};

enum state {
    DEAD, /* the byte cannot stand here */
    DONE, /* nothing can follow: with DEAD below all others, so that one comparison finds both */
    BEGIN,
    AFTER_S,
    AFTER_U,
    AFTER_O,
    AFTER_OL,
    AFTER_L,
    AFTER_STATUS,
    BEFORE_MODE,
    AFTER_G,
    AFTER_N,
    AFTER_T,
    AFTER_MODE,
    BEFORE_SIGN,
    BEFORE_DIGITS,
    IN_DASHES,
    IN_DIGITS,
    IN_DECIMALS,
    BEFORE_UNIT,
    IN_UNIT,
    AFTER_UNIT,
    STATE_COUNT
};

#define UNIT_FROM_HERE                                                                             \
    [UNIT_LETTER] = IN_UNIT, [G] = IN_UNIT, [L] = IN_UNIT, [N] = IN_UNIT, [O] = IN_UNIT,           \
    [S] = IN_UNIT, [T] = IN_UNIT, [LINE_END] = DONE

static const uint8_t next_state[STATE_COUNT][CLASS_COUNT] = {
    [BEGIN] = {[S] = AFTER_S, [U] = AFTER_U, [O] = AFTER_O, [L] = AFTER_L},
    [AFTER_S] = {[T] = AFTER_STATUS},
    [AFTER_U] = {[S] = AFTER_STATUS, [L] = AFTER_STATUS},
    [AFTER_O] = {[L] = AFTER_OL},
    [AFTER_L] = {[O] = AFTER_STATUS},
    [AFTER_OL] = {[PLUS_MINUS] = AFTER_STATUS, [COMMA] = BEFORE_MODE},
    [AFTER_STATUS] = {[COMMA] = BEFORE_MODE},
    [BEFORE_MODE] = {[BLANK] = BEFORE_MODE, [G] = AFTER_G, [N] = AFTER_N, [T] = AFTER_T},
    [AFTER_G] = {[S] = AFTER_MODE},
    [AFTER_N] = {[T] = AFTER_MODE},
    [AFTER_T] = {[R] = AFTER_MODE},
    [AFTER_MODE] = {[COMMA] = BEFORE_SIGN,
                    [BLANK] = BEFORE_SIGN,
                    [PLUS_MINUS] = BEFORE_DIGITS,
                    [DIGIT] = IN_DIGITS,
                    [LINE_END] = DONE},
    [BEFORE_SIGN] = {[BLANK] = BEFORE_SIGN,
                     [PLUS_MINUS] = BEFORE_DIGITS,
                     [DIGIT] = IN_DIGITS,
                     [POINT] = IN_DECIMALS,
                     [COMMA] = BEFORE_UNIT,
                     UNIT_FROM_HERE},
    [BEFORE_DIGITS] = {[BLANK] = BEFORE_DIGITS,
                       [PLUS_MINUS] = IN_DASHES,
                       [DIGIT] = IN_DIGITS,
                       [POINT] = IN_DECIMALS,
                       [COMMA] = BEFORE_UNIT,
                       UNIT_FROM_HERE},
    [IN_DASHES] =
        {[PLUS_MINUS] = IN_DASHES, [COMMA] = BEFORE_UNIT, [BLANK] = BEFORE_UNIT, UNIT_FROM_HERE},
    [IN_DIGITS] = {[DIGIT] = IN_DIGITS,
                   [POINT] = IN_DECIMALS,
                   [COMMA] = BEFORE_UNIT,
                   [BLANK] = BEFORE_UNIT,
                   UNIT_FROM_HERE},
    [IN_DECIMALS] =
        {[DIGIT] = IN_DECIMALS, [COMMA] = BEFORE_UNIT, [BLANK] = BEFORE_UNIT, UNIT_FROM_HERE},
    [BEFORE_UNIT] = {[BLANK] = BEFORE_UNIT, UNIT_FROM_HERE},
    [IN_UNIT] = {[BLANK] = AFTER_UNIT, UNIT_FROM_HERE},
    [AFTER_UNIT] = {[BLANK] = AFTER_UNIT, [LINE_END] = DONE},
};

static const uint8_t *over_blanks(const uint8_t *at)
{
    while (*at == ' ') {
        at++;
    }
    return at;
}

/* `last` is the unit's last letter; no other letter stands right before its first one, because a
 * digit, a blank or a comma does, or the mode with a blank or a comma between. */
static bool is_unit(const uint8_t *last)
{
    static const char *const units[] = {"kg",  "g",  "t",   "lb", "oz", "jin",
                                        "ozt", "ct", "pcs", "pc", "%"};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t rest = strlen(units[i]);
        const uint8_t *at = last;
        while (rest > 0 && (*at | 0x20) == (uint8_t)units[i][rest - 1]) {
            rest--;
            at--;
        }
        if (rest == 0 && byte_class[*at] < G && byte_class[*at] != UNIT_LETTER) {
            return true;
        }
    }
    return false;
}

/* Drops the frame that byte `at` has broken, but nothing that may begin the next one: a frame that
 * was cut is followed at once by a whole one. Byte `at` itself is looked at again. */
static struct frame_result broken(enum reject_reason reason, const uint8_t *bytes, size_t at)
{
    for (size_t i = 1; i < at; i++) {
        const enum state begun = next_state[BEGIN][byte_class[bytes[i]]];
        if (begun != DEAD && next_state[begun][byte_class[bytes[i + 1]]] != DEAD) {
            return frame_reject(reason, i);
        }
    }
    return frame_reject(reason, at);
}

static bool is_out_of_range(const uint8_t *frame)
{
    return frame[1] == 'L' || frame[1] == 'O';
}

/* Goes on with a number; returns where its digits end, which the caller knows to be in the frame.
 */
static const uint8_t *read_run(const uint8_t *at, uint64_t *number)
{
    for (unsigned digit; (digit = *at - (unsigned)'0') <= 9; at++) {
        *number = *number * 10 + digit;
    }
    return at;
}

/* Digits with at most one point; returns where they end. */
static const uint8_t *read_digits(const uint8_t *at, struct hw_value *value)
{
    uint64_t digits = 0;
    at = read_run(at, &digits);
    if (*at == '.') {
        const uint8_t *const point = at;
        at = read_run(at + 1, &digits);
        value->decimals = (uint8_t)(at - point - 1);
    }
    value->digits = digits;
    return at;
}

static void begin_value(const uint8_t *frame, struct hw_value *value)
{
    hw_value_begin(value, READING_WEIGHT);
    value->status = frame[0] == 'U' ? READING_MOVING : READING_OK;
}

static void read_any(const uint8_t *frame, struct hw_value *value)
{
    begin_value(frame, value);
    const uint8_t *at = frame + 2;
    if (*at != ',') {
        value->negative = *at == '-';
        at++;
    }
    at = over_blanks(at + 1);
    value->tare = at[0] == 'T';
    at += MODE_BYTES;
    at = over_blanks(at + (*at == ','));
    if (byte_class[*at] == PLUS_MINUS) {
        const bool is_minus = *at == '-';
        at = over_blanks(at + 1);
        const bool is_sign = byte_class[*at] != PLUS_MINUS;
        value->negative = value->negative || (is_minus && is_sign);
        while (byte_class[*at] == PLUS_MINUS) {
            at++; /* dashes that fill the field are no sign */
        }
    }
    if (is_out_of_range(frame)) {
        struct hw_value meaningless;
        at = read_digits(at, &meaningless);
        value->status = value->negative || frame[0] != 'O' ? READING_UNDERLOAD : READING_OVERLOAD;
        value->negative = false;
    } else {
        at = read_digits(at, value);
        value->has_digits = true;
    }
    at = over_blanks(at + (*at == ','));
    for (char *unit = value->unit; byte_class[*at] != BLANK && byte_class[*at] != LINE_END; at++) {
        *unit++ = (char)*at;
    }
}

/* `entered` holds where each state was entered last, 0 where it was not. */
static struct frame_result judge_whole(const struct hw_options *options, const uint8_t *bytes,
                                       size_t end, const uint8_t entered[STATE_COUNT],
                                       struct hw_value *value)
{
    const bool out_of_range = is_out_of_range(bytes);
    const size_t last_digit = entered[IN_DECIMALS] ? entered[IN_DECIMALS] : entered[IN_DIGITS];
    const size_t unit_last = entered[IN_UNIT];
    const bool unit_fits =
        unit_last ? is_unit(bytes + unit_last) : out_of_range || options->unit[0] != '\0';
    if (!out_of_range) {
        const size_t mode_last = entered[AFTER_MODE];
        const size_t width = last_digit - mode_last - (bytes[mode_last + 1] == ',');
        if (last_digit == 0 || (entered[IN_DIGITS] == 0 && bytes[last_digit] == '.')) {
            return broken(REJECT_VALUE, bytes, end);
        }
        if (width < VALUE_NARROWEST || width > VALUE_WIDEST) {
            return broken(REJECT_LAYOUT, bytes, end);
        }
    }
    if (!unit_fits) {
        return broken(REJECT_LAYOUT, bytes, end);
    }
    read_any(bytes, value);
    return frame_ok(end + 1, 1);
}

static struct frame_result no_header(const uint8_t *bytes, size_t count)
{
    size_t length = 1;
    if (byte_class[bytes[0]] == LINE_END) {
        while (length < count && byte_class[bytes[length]] == LINE_END) {
            length++;
        }
        return frame_skip(length);
    }
    while (length < count && byte_class[bytes[length]] != LINE_END &&
           next_state[BEGIN][byte_class[bytes[length]]] == DEAD) {
        length++;
    }
    return frame_reject(REJECT_NOISE, length);
}

/* Three bytes, the first the lowest. */
#define WORD(a, b) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)',' << 2 * 8)
#define WORD_MASK  UINT32_C(0xFFFFFF)

/* Reads "ST,GS,+  1.234kg" and the same with US or NT, with a blank for its sign or with " g":
 * nearly every frame there is, known without a look at the table, which has the last word on all
 * that is not exactly this. */
static bool read_usual(const uint8_t *bytes, struct hw_value *value)
{
    const uint64_t head = eight_load(bytes);
    const uint32_t status = (uint32_t)head & WORD_MASK;
    const uint32_t mode = (uint32_t)(head >> 3 * 8) & WORD_MASK;
    const bool is_kg = memcmp(bytes + USUAL_UNIT_AT, "kg\r\n", 4) == 0;
    if ((status != WORD('S', 'T') && status != WORD('U', 'S')) ||
        (mode != WORD('G', 'S') && mode != WORD('N', 'T')) ||
        (!is_kg && memcmp(bytes + USUAL_UNIT_AT, " g\r\n", 4) != 0)) {
        return false;
    }
    memcpy(value->unit, is_kg ? "kg" : "g", 2);
    uint64_t number = eight_load(bytes + USUAL_SIGN_AT);
    const uint8_t sign = (uint8_t)number;
    if (sign == '+' || sign == '-') {
        number ^= sign ^ ' ';
    }
    value->negative = sign == '-';
    return decimal_read_at_once(number, value);
}

APART struct frame_result by_table(const struct hw_options *options, const uint8_t *bytes,
                                   size_t count, struct hw_value *value)
{
    unsigned state = next_state[BEGIN][byte_class[bytes[0]]];
    if (state == DEAD) {
        return no_header(bytes, count);
    }
    if (count < FRAME_SHORTEST) {
        return frame_wait_for(FRAME_SHORTEST);
    }
    uint8_t entered[STATE_COUNT] = {0};
    const size_t limit = count < FRAME_LONGEST ? count : FRAME_LONGEST;
    for (size_t at = 1; at < limit; at++) {
        state = next_state[state][byte_class[bytes[at]]];
        if (state <= DONE) {
            return state == DONE ? judge_whole(options, bytes, at, entered, value)
                                 : broken(at == 1 ? REJECT_NOISE : REJECT_LAYOUT, bytes, at);
        }
        entered[state] = (uint8_t)at;
    }
    return count < FRAME_LONGEST ? frame_wait() : broken(REJECT_LENGTH, bytes, FRAME_LONGEST - 1);
}

static struct frame_result stgs_frame(const struct hw_options *options, const uint8_t *bytes,
                                      size_t count, struct hw_value values[HW_VALUES_MAX])
{
    struct hw_value *value = &values[0];
    begin_value(bytes, value);
    return count >= USUAL_LENGTH && read_usual(bytes, value)
               ? frame_ok(USUAL_LENGTH, 1)
               : by_table(options, bytes, count, value);
}

static size_t stgs_command(const struct hw_options *options, enum hw_command command,
                           uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    static const char *const requests[] = {
        [HW_COMMAND_ZERO] = "MZ\r\n",
        [HW_COMMAND_TARE] = "MT\r\n",
        [HW_COMMAND_CLEAR_TARE] = "CT\r\n",
    };
    return text_request(requests[command], request);
}

const struct hw_driver scale_stgs_st_gs = {
    .name = "st_gs",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .equal_frames = 2,
    .summary = "text \"ST,GS,+ 1.234kg\": T-Scale, Bison, GSC, GRAM, WT3000i, NHB",
    .frame = stgs_frame,
    .command = stgs_command,
};
