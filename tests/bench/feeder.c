/* Four scales on pseudo-terminals, so that a program under measurement reads real bytes and the
 * cost of making them is not its own.
 *
 *     feeder {constant|changing|silent} [HZ [together]]
 *
 * Prints the four device names, one a line, then sends Yaohua tF=0 frames (12 bytes, two decimals,
 * kg) until it is ended. Real scales know nothing of each other, so each has its own phase unless
 * they are told to speak together. `changing` adds 10, 20, 30 and 40 g a frame.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { SCALES = 4, FRAME = 12, RANGE_G = 60000, STEP_G = 10, HZ_MAX = 100 };

struct scale {
    int master, slave; /* the slave stays open, so that a reader may come and go */
    int32_t grams;
};

static int open_scale(struct scale *scale)
{
    struct termios raw;
    scale->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (scale->master < 0 || grantpt(scale->master) != 0 || unlockpt(scale->master) != 0) {
        return -1;
    }
    const char *name = ptsname(scale->master);
    scale->slave = name == NULL ? -1 : open(name, O_RDWR | O_NOCTTY);
    if (scale->slave < 0 || tcgetattr(scale->slave, &raw) != 0) {
        return -1;
    }
    cfmakeraw(&raw);
    tcsetattr(scale->slave, TCSANOW, &raw);
    puts(name);
    return 0;
}

/* STX, sign, six digits, number of decimals, XOR of those eight as two hexadecimal digits, ETX. */
static void make_frame(int32_t grams, char frame[FRAME + 1])
{
    unsigned check = 0;
    snprintf(frame, FRAME + 1, "\x02+%06u2", (unsigned)(grams / 10) % 1000000);
    for (int i = 1; i < 9; i++) {
        check ^= (unsigned char)frame[i];
    }
    snprintf(frame + 9, 4, "%02X\x03", check & 0xFF);
}

static void send_frame(struct scale *scale)
{
    char frame[FRAME + 1];
    make_frame(scale->grams, frame);
    /* Nobody reads: what was written last is dropped, as on a wire. */
    if (write(scale->master, frame, FRAME) != FRAME && errno == EAGAIN) {
        tcflush(scale->slave, TCIFLUSH);
    }
}

static void sleep_until(int64_t ns)
{
    struct timespec until = {ns / 1000000000, ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

int main(int argc, char **argv)
{
    static struct scale scales[SCALES];
    int hz = argc > 2 ? atoi(argv[2]) : 10;
    if (argc < 2 || hz < 1 || hz > HZ_MAX) {
        fprintf(stderr, "usage: feeder {constant|changing|silent} [HZ [together]]\n");
        return 2;
    }
    int step = strcmp(argv[1], "changing") == 0 ? STEP_G : 0;
    for (int i = 0; i < SCALES; i++) {
        if (open_scale(&scales[i]) != 0) {
            fprintf(stderr, "feeder: no pseudo-terminal: %s\n", strerror(errno));
            return 2;
        }
        scales[i].grams = 8000;
    }
    fflush(stdout);
    while (strcmp(argv[1], "silent") == 0) {
        pause();
    }
    struct timespec begin;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    int64_t period = 1000000000 / hz, phase = argc > 3 ? 0 : period / SCALES;
    int64_t next = (int64_t)begin.tv_sec * 1000000000 + begin.tv_nsec;
    for (;; next += period) {
        for (int i = 0; i < SCALES; i++) {
            sleep_until(next + phase * i);
            scales[i].grams = (scales[i].grams + step * (i + 1)) % RANGE_G;
            send_frame(&scales[i]);
        }
    }
}
