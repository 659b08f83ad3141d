/* Distance sensors that look down on the contents of a bin.
 *
 * Ultrasonic, 4 bytes, high byte first, mm (`a02_uart`, `jsn_sr04t`, `aj_sr04m`):
 *
 *     byte    meaning
 *     0       FF
 *     1, 2    distance
 *     3       a02_uart, jsn_sr04t: low byte of the sum of bytes 0 to 2
 *             aj_sr04m: low byte of the sum of bytes 1 and 2, without the header
 *
 * 0 mm means that no echo came back: an error, never a full bin. Below 30 mm the sensor is blind:
 * nearer than it can measure. FF may also be a low byte or the sum; only as a high byte it cannot
 * stand, because that would be 65 m. Sources: DFRobot SEN0312 wiki page; the two sums: ESPHome's
 * jsn_sr04t component. A02YYUW, ME007YS and DYP sensors stream every 100 to 300 ms; JSN-SR04T in
 * mode 2 and AJ-SR04M answer to 55.
 *
 * Time of flight, 9 bytes, low byte first (`tfmini`):
 *
 *     byte    meaning
 *     0, 1    59 59
 *     2, 3    distance, cm; or mm, where the sensor and the port are set to it
 *     4, 5    strength of the signal; FFFF = blinded
 *     6, 7    not used here (mode, quality or temperature, by model)
 *     8       low byte of the sum of bytes 0 to 7
 *
 * Distance 0 and everything from FFFC up are the sensor's words for "no trustworthy signal".
 * Sources: Benewake TFmini and TFmini Plus manuals; the mbed driver TFmini.cpp.
 *
 * A sum of one byte finds every single wrong byte, but not two that cancel out; and after a lost
 * byte the end of one frame and the beginning of the next may pass it together (5 in 10^6 frames on
 * a bad line). Therefore a distance counts only when the one before lay within PORT_LEVEL_NEAR_MM
 * of it: `equal_frames` of port.h, 2 for all of these.
 */
#include "hw/bytes.h"
#include "hw/drivers.h"

#include <string.h>

enum {
    SONAR_HEAD = 0xFF,
    SONAR_LENGTH = 4,
    SONAR_NEAREST_MM = 30,
    SONAR_REQUEST = 0x55,
    TOF_HEAD = 0x59,
    TOF_LENGTH = 9,
    TOF_FIRST_ERROR = 0xFFFC,
    TOF_BLINDED = 0xFFFF
};

/* Drops what is there up to the next byte that may begin a frame. */
static struct frame_result to_next(uint8_t head, enum reject_reason reason, const uint8_t *bytes,
                                   size_t count)
{
    const uint8_t *next = count > 1 ? memchr(bytes + 1, head, count - 1) : NULL;
    return frame_reject(reason, next ? (size_t)(next - bytes) : count);
}

static void read_sonar(const uint8_t *frame, struct hw_value *value)
{
    const unsigned mm = (unsigned)frame[1] << 8 | frame[2];
    hw_value_begin(value, READING_LEVEL);
    value->status = mm == 0                 ? READING_ERROR
                    : mm < SONAR_NEAREST_MM ? READING_UNDERLOAD
                                            : READING_OK;
    value->has_digits = mm >= SONAR_NEAREST_MM;
    value->digits = mm;
    memcpy(value->unit, "mm", sizeof "mm");
}

/* `first`: the first byte that the sum takes in. */
static struct frame_result sonar_frame(const struct hw_options *options, const uint8_t *bytes,
                                       size_t count, size_t first, struct hw_value *value)
{
    if (bytes[0] != SONAR_HEAD) {
        return to_next(SONAR_HEAD, REJECT_NOISE, bytes, count);
    }
    if (count > 1 && bytes[1] == SONAR_HEAD) {
        return frame_reject(REJECT_NOISE, 1);
    }
    if (count < SONAR_LENGTH) {
        return frame_wait();
    }
    unsigned sum = 0;
    for (size_t i = first; i < SONAR_LENGTH - 1; i++) {
        sum += bytes[i];
    }
    if (options->checksum && (sum & 0xFF) != bytes[SONAR_LENGTH - 1]) {
        return to_next(SONAR_HEAD, REJECT_CHECKSUM, bytes, SONAR_LENGTH);
    }
    read_sonar(bytes, value);
    return frame_ok(SONAR_LENGTH, 1);
}

static struct frame_result a02_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return sonar_frame(options, bytes, count, 0, values);
}

static struct frame_result aj_frame(const struct hw_options *options, const uint8_t *bytes,
                                    size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return sonar_frame(options, bytes, count, 1, values);
}

static size_t sonar_poll(const struct hw_options *options, uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    request[0] = SONAR_REQUEST;
    return 1;
}

static void read_tof(const struct hw_options *options, const uint8_t *frame, struct hw_value *value)
{
    const unsigned distance = (unsigned)frame[3] << 8 | frame[2];
    const unsigned strength = (unsigned)frame[5] << 8 | frame[4];
    const bool is_seen = distance > 0 && distance < TOF_FIRST_ERROR && strength != TOF_BLINDED;
    hw_value_begin(value, READING_LEVEL);
    value->status = is_seen ? READING_OK : READING_ERROR;
    value->has_digits = is_seen;
    value->digits = distance;
    memcpy(value->unit, strcmp(options->unit, "mm") == 0 ? "mm" : "cm", sizeof "cm");
}

static struct frame_result tof_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (bytes[0] != TOF_HEAD) {
        return to_next(TOF_HEAD, REJECT_NOISE, bytes, count);
    }
    if (count > 1 && bytes[1] != TOF_HEAD) {
        return frame_reject(REJECT_NOISE, 1);
    }
    if (count < TOF_LENGTH) {
        return frame_wait();
    }
    unsigned sum = 0;
    for (size_t i = 0; i < TOF_LENGTH - 1; i++) {
        sum += bytes[i];
    }
    if (options->checksum && (sum & 0xFF) != bytes[TOF_LENGTH - 1]) {
        return to_next(TOF_HEAD, REJECT_CHECKSUM, bytes, TOF_LENGTH);
    }
    read_tof(options, bytes, &values[0]);
    return frame_ok(TOF_LENGTH, 1);
}

const struct hw_driver level_uart_a02 = {
    .name = "a02_uart",
    .kind = READING_LEVEL,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 2,
    .summary = "ultrasonic A02YYUW, ME007YS, DYP: FF, mm, sum; streaming",
    .frame = a02_frame,
};

const struct hw_driver level_uart_jsn_sr04t = {
    .name = "jsn_sr04t",
    .kind = READING_LEVEL,
    .line = "9600/8n1",
    .polled = true,
    .poll_ms = 200,
    .checksum_default = true,
    .equal_frames = 2,
    .summary = "ultrasonic JSN-SR04T in mode 2: like a02_uart, asked with 55",
    .frame = a02_frame,
    .poll = sonar_poll,
};

const struct hw_driver level_uart_aj_sr04m = {
    .name = "aj_sr04m",
    .kind = READING_LEVEL,
    .line = "9600/8n1",
    .polled = true,
    .poll_ms = 200,
    .checksum_default = true,
    .equal_frames = 2,
    .summary = "ultrasonic AJ-SR04M: the sum leaves the header out, asked with 55",
    .frame = aj_frame,
    .poll = sonar_poll,
};

const struct hw_driver level_uart_tfmini = {
    .name = "tfmini",
    .kind = READING_LEVEL,
    .line = "115200/8n1",
    .checksum_default = true,
    .equal_frames = 2,
    .summary = "time of flight TFmini, TFmini Plus: 59 59, cm, sum; streaming",
    .frame = tof_frame,
};
