#include "kiosk/shell/simulation.h"

#include "kiosk/shell/clock.h"
#include "kiosk/shell/log.h"
#include "kiosk/shell/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
    TOUCH_SLOTS = 256,
    HAND_SLOTS = 64,
    DIRECTORY_MAX = SETTINGS_PATH_MAX - 16 /* leaves room for the name of a port */
};

struct simulation {
    struct sim *sim;
    char directory[DIRECTORY_MAX]; /* of the links */
    int masters[SIM_PORT_COUNT];
    int holders[SIM_PORT_COUNT]; /* keep the slave's line settings and the master from hanging up */
    struct ring touches, hands;
    int wake_main, wake_self;
    pthread_t thread;
    bool running;
    atomic_bool stopping;
};

/* ---- pseudo-terminals ------------------------------------------------------------------------ */

static void link_path(const struct simulation *simulation, int port, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", simulation->directory, sim_ports[port].name);
}

static bool plug(struct simulation *simulation, int port)
{
    char path[SETTINGS_PATH_MAX];
    char slave[64];
    link_path(simulation, port, path, sizeof path);
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
        ptsname_r(master, slave, sizeof slave) != 0) {
        if (master >= 0) {
            close(master);
        }
        return false;
    }
    /* Raw from the first byte on: what the kiosk has not read yet must not be echoed back. */
    int holder = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios raw;
    if (holder < 0) {
        close(master);
        return false;
    }
    if (tcgetattr(holder, &raw) == 0) {
        cfmakeraw(&raw);
        tcsetattr(holder, TCSANOW, &raw);
    }
    unlink(path);
    if (symlink(slave, path) != 0) {
        close(master);
        close(holder);
        return false;
    }
    simulation->masters[port] = master;
    simulation->holders[port] = holder;
    return true;
}

static void unplug(struct simulation *simulation, int port)
{
    char path[SETTINGS_PATH_MAX];
    link_path(simulation, port, path, sizeof path);
    unlink(path);
    if (simulation->masters[port] >= 0) {
        close(simulation->masters[port]);
        close(simulation->holders[port]);
        simulation->masters[port] = -1;
        simulation->holders[port] = -1;
    }
}

/* ---- what the site emits --------------------------------------------------------------------- */

static void on_bytes(void *context, int64_t t_ms, int port, const uint8_t *bytes, size_t count)
{
    struct simulation *simulation = context;
    (void)t_ms;
    if (simulation->masters[port] >= 0) {
        /* A line that nobody reads loses its bytes, as a real one does. */
        ssize_t ignored = write(simulation->masters[port], bytes, count);
        (void)ignored;
    }
}

static void on_touch(void *context, int64_t t_ms, const char *verb, const char *argument)
{
    struct simulation *simulation = context;
    struct simulation_touch touch = {.t_ms = t_ms};
    snprintf(touch.verb, sizeof touch.verb, "%s", verb);
    snprintf(touch.argument, sizeof touch.argument, "%s", argument);
    if (!ring_put(&simulation->touches, &touch)) {
        log_line(LOG_WARNING, "simulation", "a touch was lost: the main thread is behind");
    }
    wake_up(simulation->wake_main);
}

static void on_line_state(void *context, int64_t t_ms, int port, bool up)
{
    struct simulation *simulation = context;
    (void)t_ms;
    if (!up) {
        unplug(simulation, port);
    } else if (!plug(simulation, port)) {
        log_line(LOG_ERROR, "simulation", "no pseudo-terminal for port %s: %s",
                 sim_ports[port].name, strerror(errno));
    }
}

static void do_by_hand(struct simulation *simulation)
{
    struct simulation_hand hand;
    while (ring_take(&simulation->hands, &hand)) {
        switch (hand.kind) {
        case HAND_LID:
            sim_lid(simulation->sim, hand.bin, hand.value != 0);
            break;
        case HAND_THROW:
            sim_throw(simulation->sim, hand.bin, hand.value);
            break;
        case HAND_EMPTY:
            sim_empty(simulation->sim, hand.bin);
            break;
        }
    }
}

static void hear(struct simulation *simulation, int port)
{
    uint8_t bytes[64];
    const ssize_t count = read(simulation->masters[port], bytes, sizeof bytes);
    if (count > 0) {
        sim_hear(simulation->sim, port, bytes, (size_t)count);
    }
}

/* Until the site does something by itself, somebody does something to it, or the kiosk speaks. */
static void wait_for_news(struct simulation *simulation)
{
    struct pollfd fds[SIM_PORT_COUNT + 1];
    for (int port = 0; port < SIM_PORT_COUNT; port++) {
        fds[port] = (struct pollfd){.fd = simulation->masters[port], .events = POLLIN};
    }
    fds[SIM_PORT_COUNT] = (struct pollfd){.fd = simulation->wake_self, .events = POLLIN};
    if (poll(fds, SIM_PORT_COUNT + 1, clock_wait_ms(sim_deadline(simulation->sim))) <= 0) {
        return;
    }
    if (fds[SIM_PORT_COUNT].revents != 0) {
        wake_drain(simulation->wake_self);
    }
    for (int port = 0; port < SIM_PORT_COUNT; port++) {
        if (fds[port].revents != 0) {
            hear(simulation, port);
        }
    }
}

static void *simulation_main(void *context)
{
    struct simulation *simulation = context;
    const struct sim_sink sink = {
        .context = simulation,
        .bytes = on_bytes,
        .ui = on_touch,
        .line_state = on_line_state,
    };
    while (!atomic_load(&simulation->stopping)) {
        sim_advance(simulation->sim, clock_now_ms(), &sink);
        do_by_hand(simulation);
        wait_for_news(simulation);
    }
    return NULL;
}

/* ---- the main thread's side ------------------------------------------------------------------ */

static int make_site(struct simulation *simulation, const struct simulation_config *config,
                     char error[SIMULATION_ERROR_MAX])
{
    simulation->sim = calloc(1, sim_size());
    if (simulation->sim == NULL ||
        !ring_open(&simulation->hands, sizeof(struct simulation_hand), HAND_SLOTS) ||
        !ring_open(&simulation->touches, sizeof(struct simulation_touch), TOUCH_SLOTS)) {
        snprintf(error, SIMULATION_ERROR_MAX, "the simulated site: no memory");
        return -1;
    }
    sim_init(simulation->sim, clock_now_ms(), config->seed,
             config->scenario == NULL ? config->visits_per_hour : 0);
    char reason[SIM_ERROR_MAX];
    if (config->scenario != NULL &&
        sim_load_scenario(simulation->sim, config->scenario, reason) != 0) {
        snprintf(error, SIMULATION_ERROR_MAX, "%.200s: %s", config->scenario_name, reason);
        return -1;
    }
    return 0;
}

static int plug_all(struct simulation *simulation, struct settings *settings,
                    char error[SIMULATION_ERROR_MAX])
{
    const char *temporary = getenv("TMPDIR");
    const char *parent = temporary != NULL && temporary[0] != '\0' ? temporary : P_tmpdir;
    int length =
        snprintf(simulation->directory, sizeof simulation->directory, "%s/biaogan-XXXXXX", parent);
    if (length >= DIRECTORY_MAX) {
        snprintf(error, SIMULATION_ERROR_MAX,
                 "the simulated site: TMPDIR is longer than %d bytes; set a shorter one",
                 DIRECTORY_MAX);
        simulation->directory[0] = '\0';
        return -1;
    }
    if (mkdtemp(simulation->directory) == NULL) {
        snprintf(error, SIMULATION_ERROR_MAX, "the simulated site: cannot make %s: %s",
                 simulation->directory, strerror(errno));
        simulation->directory[0] = '\0';
        return -1;
    }
    for (int i = 0; i < SIM_PORT_COUNT; i++) {
        int port = settings_port(settings, sim_ports[i].name);
        if (port < 0 || strcmp(settings->ports[port].protocol, sim_ports[i].protocol) != 0) {
            snprintf(error, SIMULATION_ERROR_MAX,
                     "the simulated site needs a port %s with protocol %s in the site file",
                     sim_ports[i].name, sim_ports[i].protocol);
            return -1;
        }
        if (!plug(simulation, i)) {
            snprintf(error, SIMULATION_ERROR_MAX,
                     "no pseudo-terminal for port %s (%s): is /dev/pts mounted? mount -t devpts "
                     "devpts /dev/pts",
                     sim_ports[i].name, strerror(errno));
            return -1;
        }
        link_path(simulation, i, settings->ports[port].device, sizeof settings->ports[port].device);
    }
    return 0;
}

struct simulation *simulation_open(const struct simulation_config *config,
                                   struct settings *settings, char error[SIMULATION_ERROR_MAX])
{
    struct simulation *simulation = calloc(1, sizeof *simulation);
    if (simulation == NULL) {
        snprintf(error, SIMULATION_ERROR_MAX, "the simulated site: no memory");
        return NULL;
    }
    for (int i = 0; i < SIM_PORT_COUNT; i++) {
        simulation->masters[i] = -1;
        simulation->holders[i] = -1;
    }
    simulation->wake_main = config->wake;
    simulation->wake_self = wake_open();
    if (make_site(simulation, config, error) != 0 || plug_all(simulation, settings, error) != 0) {
        simulation_close(simulation);
        return NULL;
    }
    return simulation;
}

void simulation_start(struct simulation *simulation)
{
    simulation->running =
        pthread_create(&simulation->thread, NULL, simulation_main, simulation) == 0;
    if (!simulation->running) {
        log_line(LOG_ERROR, "simulation", "the simulated site cannot run: no thread");
    }
}

void simulation_close(struct simulation *simulation)
{
    if (simulation == NULL) {
        return;
    }
    if (simulation->running) {
        atomic_store(&simulation->stopping, true);
        wake_up(simulation->wake_self);
        pthread_join(simulation->thread, NULL);
    }
    if (simulation->directory[0] != '\0') {
        for (int i = 0; i < SIM_PORT_COUNT; i++) {
            unplug(simulation, i);
        }
        rmdir(simulation->directory);
    }
    ring_close(&simulation->touches);
    ring_close(&simulation->hands);
    close(simulation->wake_self);
    free(simulation->sim);
    free(simulation);
}

bool simulation_touch(struct simulation *simulation, struct simulation_touch *touch)
{
    return ring_take(&simulation->touches, touch);
}

void simulation_hand(struct simulation *simulation, const struct simulation_hand *hand)
{
    ring_put(&simulation->hands, hand);
    wake_up(simulation->wake_self);
}
