/* biaogan doctor: what is wrong with this machine, and what to do about it. */
#include "kiosk/shell/commands.h"

#include "hw/ports.h"
#include "kiosk/shell/clock.h"
#include "kiosk/shell/glyphs.h"
#include "kiosk/shell/settings.h"
#include "kiosk/store/health.h"

#include <SDL.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    FREE_FAULT_MIB = 64,    /* of the ledger's medium: less is about to stop the kiosk */
    FREE_WARNING_MIB = 512, /* a year of a busy point, and room */
    WAL_WARNING_MIB = 64    /* checkpoints come at 4 MiB */
};

static const char help[] =
    "usage: biaogan doctor [--config FILE] [--state DIR]\n"
    "\n"
    "Looks at fonts, configuration, ports, clock, disk, database, sound and display; changes\n"
    "nothing. One line a finding, tab-separated: ok|warning|fault, thing, finding, remedy.\n"
    "\n"
    "  --config FILE  the site file; without it the ports of this machine are looked at\n"
    "  --state DIR    where the ledger is kept (./biaogan-state)\n"
    "  --help         this text\n"
    "\n"
    "Exit code: 0 nothing worse than a warning, 1 a fault, 2 wrong usage.\n";

enum level { LEVEL_OK, LEVEL_WARNING, LEVEL_FAULT };

struct doctor {
    const char *config_path, *directory;
    struct settings *settings; /* NULL: no file, or one that cannot be read */
    bool any_fault;
};

#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
static void
say(struct doctor *doctor, enum level level, const char *thing, const char *remedy,
    const char *format, ...)
{
    static const char *const words[] = {
        [LEVEL_OK] = "ok", [LEVEL_WARNING] = "warning", [LEVEL_FAULT] = "fault"};
    char finding[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding, sizeof finding, format, arguments);
    va_end(arguments);
    /* Paths and messages of others come in here: they may not break the line. */
    for (char *at = finding; *at != '\0'; at++) {
        *at = (unsigned char)*at < ' ' ? ' ' : *at;
    }
    printf("%s\t%s\t%s\t%s\n", words[level], thing, finding, remedy);
    doctor->any_fault = doctor->any_fault || level == LEVEL_FAULT;
}

/* ---- fonts and configuration ----------------------------------------------------------------- */

static void look_at_fonts(struct doctor *doctor)
{
    char error[GLYPHS_ERROR_MAX];
    struct glyphs *glyphs = glyphs_open(error);
    if (glyphs == NULL) {
        say(doctor, LEVEL_FAULT, "fonts", "build or install the program again", "%s", error);
        return;
    }
    say(doctor, LEVEL_OK, "fonts", "-", "the embedded fonts open");
    static const uint32_t rare = 0x9F98; /* 龘: in no text of ours, perhaps in somebody's name */
    struct glyph glyph;
    glyphs_get(glyphs, FONT_REGULAR, 32, rare, &glyph);
    const struct glyphs_statistics statistics = glyphs_statistics(glyphs);
    if (statistics.boxes > 0) {
        say(doctor, LEVEL_WARNING, "fonts", "install the package fonts-noto-cjk",
            "Noto Sans CJK SC is not installed: rare characters of site and item names become "
            "boxes");
    } else {
        say(doctor, LEVEL_OK, "fonts", "-", "rare characters can be drawn");
    }
    glyphs_close(glyphs);
}

static void look_at_configuration(struct doctor *doctor)
{
    if (doctor->config_path == NULL) {
        say(doctor, LEVEL_WARNING, "configuration", "give the site file with --config FILE",
            "none given: the kiosk would be the simulated site");
        return;
    }
    char error[SETTINGS_ERROR_MAX] = "no memory";
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL || settings_read_file(doctor->config_path, settings, error) != 0 ||
        settings_load_items(settings, error) != 0) {
        say(doctor, LEVEL_FAULT, "configuration", "correct the file at that place", "%s", error);
        settings_free(settings);
        return;
    }
    doctor->settings = settings;
    say(doctor, LEVEL_OK, "configuration", "-", "%s: %d ports, %d bins, %d things to look up",
        doctor->config_path, settings->site.port_count, settings->site.bin_count,
        settings->site.items->count);
}

/* ---- ports ----------------------------------------------------------------------------------- */

static bool moves(const char *device)
{
    static const char *const names[] = {"/dev/ttyUSB", "/dev/ttyACM"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strncmp(device, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void look_at_name(struct doctor *doctor, const char *thing, const char *device,
                         const struct port_entry *entry)
{
    static const char by_id[] = "/dev/serial/by-id/";
    const char *stable = entry != NULL && entry->by_path[0] != '\0' ? entry->by_path : NULL;
    if (entry != NULL && entry->clashes && strncmp(device, by_id, sizeof by_id - 1) == 0) {
        say(doctor, LEVEL_FAULT, thing, stable != NULL ? stable : "bind by-path",
            "%s: two adapters share this identity, so that the name leads to either", device);
    } else if (moves(device)) {
        say(doctor, LEVEL_WARNING, thing, stable != NULL ? stable : "bind by-path",
            "%s: this name may lead to another adapter after the next start", device);
    } else {
        say(doctor, LEVEL_OK, thing, "-", "%s: there, may be opened", device);
    }
}

static void look_at_port(struct doctor *doctor, int index, const struct port_entry *entries,
                         int count)
{
    const struct settings *settings = doctor->settings;
    const char *device = settings->ports[index].device;
    char thing[sizeof "port " + HW_PORT_NAME_MAX];
    snprintf(thing, sizeof thing, "port %s", settings->site.ports[index]);
    if (access(device, F_OK) != 0) {
        say(doctor, LEVEL_FAULT, thing,
            "plug the adapter into its socket; `biaogan ports` lists "
            "what is there",
            "%s: %s", device, strerror(errno));
        return;
    }
    if (access(device, R_OK | W_OK) != 0) {
        say(doctor, LEVEL_FAULT, thing, "add this user to the group dialout, then log in again",
            "%s: %s", device, strerror(errno));
        return;
    }
    for (int i = 0; i < settings->site.port_count; i++) {
        if (i != index && ports_are_one(device, settings->ports[i].device)) {
            say(doctor, LEVEL_FAULT, thing, "correct `device` of one of the two",
                "%s: the same device as port %s; the kiosk uses neither", device,
                settings->site.ports[i]);
            return;
        }
    }
    look_at_name(doctor, thing, device, ports_find(entries, count, device));
}

static void look_at_ports(struct doctor *doctor)
{
    static struct port_entry entries[PORTS_MAX];
    const int count = ports_list(&ports_machine, entries);
    if (count < 0) {
        say(doctor, LEVEL_FAULT, "ports", "mount /sys", "the ports cannot be listed");
        return;
    }
    for (int i = 0; doctor->settings != NULL && i < doctor->settings->site.port_count; i++) {
        look_at_port(doctor, i, entries, count);
    }
    for (int i = 0; i < count; i++) {
        if (entries[i].clashes) {
            say(doctor, LEVEL_WARNING, "ports",
                entries[i].by_path[0] != '\0' ? entries[i].by_path : "bind by-path",
                "%s: another adapter has the same identity", entries[i].device);
        }
    }
    if (count == 0) {
        say(doctor, LEVEL_WARNING, "ports", "plug the adapters in", "no serial port is here");
    } else {
        say(doctor, LEVEL_OK, "ports", "-", "%d serial ports", count);
    }
}

/* ---- clock, disk, database ------------------------------------------------------------------- */

static void look_at_clock(struct doctor *doctor)
{
    switch (clock_moment().quality) {
    case CLOCK_NTP:
        say(doctor, LEVEL_OK, "clock", "-", "set, and synchronised over the network");
        break;
    case CLOCK_RTC:
        say(doctor, LEVEL_WARNING, "clock", "switch network time on (timedatectl set-ntp true)",
            "set, but not synchronised: records are marked rtc");
        break;
    default:
        say(doctor, LEVEL_FAULT, "clock", "set it, switch network time on, fit a clock battery",
            "not set: records have no date");
        break;
    }
}

static void look_at_disk(struct doctor *doctor)
{
    struct statvfs disk;
    if (statvfs(doctor->directory, &disk) != 0) {
        const bool absent = errno == ENOENT;
        say(doctor, absent ? LEVEL_WARNING : LEVEL_FAULT, "disk",
            absent ? "the first start of the kiosk makes it" : "check --state", "%s: %s",
            doctor->directory, strerror(errno));
        return;
    }
    if (access(doctor->directory, W_OK | X_OK) != 0) {
        say(doctor, LEVEL_FAULT, "disk",
            "give the directory to the kiosk's user, and mount it "
            "writable",
            "%s: %s", doctor->directory, strerror(errno));
    }
    const uint64_t free_mib = (uint64_t)disk.f_bavail * disk.f_frsize / (1024 * 1024);
    const enum level level = free_mib < FREE_FAULT_MIB     ? LEVEL_FAULT
                             : free_mib < FREE_WARNING_MIB ? LEVEL_WARNING
                                                           : LEVEL_OK;
    say(doctor, level, "disk", level == LEVEL_OK ? "-" : "free some space",
        "%s: %" PRIu64 " MiB free", doctor->directory, free_mib);
}

/* What the kiosk saw last, by the names that its screens and its ledger use. */
static void tell_fault(struct doctor *doctor, const struct ledger_fault *fault)
{
    static const struct {
        const char *fault, *meaning, *remedy;
    } known[] = {
        {"absent", "no such device", "check `device` and its socket; see biaogan ports"},
        {"unopenable", "there, but it does not open",
         "is another program using it, may the kiosk's user? group dialout"},
        {"lost", "the adapter went away", "check cable and socket; see biaogan ports"},
        {"silent", "not one whole frame", "is the device on? see biaogan probe"},
        {"frame_errors", "bytes without whole frames", "check line settings, wires and shield"},
        {"wrong_device", "another device or protocol", "see biaogan probe"},
        {"duplicate", "the same device as another port", "correct `device` of one of the two"},
        {"wrong_unit", "shows pieces, percent or no unit",
         "set it to kg, or name `unit` in site.cfg"},
        {"lock_silent", "asked to open, and nothing moved", "check the lock and its wire"},
        {"lock_failed", "the board says that it does not open", "check the lock and its supply"},
        {"overload", "over or under its range", "unload the scale, set its zero, check its cells"},
        {"frozen", "repeats one value", "switch the indicator off and on; check its cells"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(fault->fault, known[i].fault) == 0) {
            say(doctor, LEVEL_WARNING, fault->thing, known[i].remedy,
                "%s: %s, and no end of it is recorded", fault->fault, known[i].meaning);
            return;
        }
    }
    say(doctor, LEVEL_WARNING, fault->thing, "see the technician's screens",
        "%s: no end of it is recorded", fault->fault);
}

/* Whose signature the ledger bears, for comparing with what the office has noted. */
static void tell_key(struct doctor *doctor)
{
    struct ledger *ledger = NULL;
    struct ledger_statement statement;
    char error[LEDGER_ERROR_MAX];
    struct stat key;
    char path[SETTINGS_PATH_MAX + 16];
    if (ledger_open_reader(&ledger, doctor->directory, error) == LEDGER_OK &&
        ledger_statement(ledger, &statement, error) == LEDGER_OK) {
        say(doctor, LEVEL_OK, "ledger key", "-", "%s; signed to row %" PRId64,
            statement.fingerprint, statement.covers);
    }
    ledger_close(ledger);
    snprintf(path, sizeof path, "%s/ledger.key", doctor->directory);
    if (stat(path, &key) != 0) {
        say(doctor, LEVEL_WARNING, "ledger key",
            "put the file back; without it the next start makes another key and says so", "%s: %s",
            path, strerror(errno));
    } else if ((key.st_mode & 077) != 0) {
        say(doctor, LEVEL_WARNING, "ledger key", "chmod 600", "%s: others may read it", path);
    }
}

static void look_at_database(struct doctor *doctor)
{
    struct ledger_health health;
    char error[LEDGER_ERROR_MAX];
    const enum ledger_result result = ledger_look(doctor->directory, &health, error);
    if (result != LEDGER_OK) {
        say(doctor, LEVEL_FAULT, "database",
            "keep the file, and ask for help before the next start", "%s", error);
        return;
    }
    if (!health.exists) {
        say(doctor, LEVEL_OK, "database", "-", "no ledger yet; SQLite %s", health.sqlite_version);
        return;
    }
    if (!health.is_whole) {
        say(doctor, LEVEL_FAULT, "database",
            "copy the directory away; the next start of the kiosk "
            "sets the file aside and begins a new one",
            "%s/ledger.db is damaged", doctor->directory);
        return;
    }
    if (!health.is_wal || health.wal_bytes > (int64_t)WAL_WARNING_MIB * 1024 * 1024) {
        say(doctor, LEVEL_WARNING, "database", "start and stop the kiosk once",
            "journal %s, %" PRId64 " bytes beside the ledger", health.is_wal ? "wal" : "not wal",
            health.wal_bytes);
    }
    say(doctor, LEVEL_OK, "database", "-",
        "whole; version %" PRId64 ", %" PRId64 " rows, SQLite %s", health.schema_version,
        health.last_seq, health.sqlite_version);
    tell_key(doctor);
    for (int i = 0; i < health.fault_count; i++) {
        tell_fault(doctor, &health.faults[i]);
    }
}

/* ---- sound and display ----------------------------------------------------------------------- */

static void look_at_sound(struct doctor *doctor)
{
    if (doctor->settings != NULL && !doctor->settings->screen.sound) {
        say(doctor, LEVEL_OK, "sound", "-", "switched off in the site file");
        return;
    }
    const bool has_driver = SDL_InitSubSystem(SDL_INIT_AUDIO) == 0;
    if (!has_driver || SDL_GetNumAudioDevices(0) == 0) {
        say(doctor, LEVEL_WARNING, "sound",
            "connect a loudspeaker and add this user to the group "
            "audio, or switch sound off in the site file",
            "no device%s%s", has_driver ? "" : ": ", has_driver ? "" : SDL_GetError());
        if (has_driver) {
            SDL_QuitSubSystem(SDL_INIT_AUDIO);
        }
        return;
    }
    say(doctor, LEVEL_OK, "sound", "-", "%s", SDL_GetCurrentAudioDriver());
    SDL_QuitSubSystem(SDL_INIT_AUDIO);
}

static void look_at_display(struct doctor *doctor)
{
    static const char remedy[] = "connect the display, start X or Wayland, or call this on the "
                                 "kiosk's own console; --headless needs none";
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) {
        say(doctor, LEVEL_WARNING, "display", remedy, "none can be opened from here: %s",
            SDL_GetError());
        return;
    }
    const char *driver = SDL_GetCurrentVideoDriver();
    SDL_DisplayMode mode;
    if (strcmp(driver, "offscreen") == 0 || strcmp(driver, "dummy") == 0 ||
        SDL_GetDesktopDisplayMode(0, &mode) != 0) {
        say(doctor, LEVEL_WARNING, "display", remedy, "none can be opened from here");
    } else {
        say(doctor, LEVEL_OK, "display", "-", "%s, %d x %d", driver, mode.w, mode.h);
    }
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

/* ---- the command ----------------------------------------------------------------------------- */

static int fail(const char *thing, const char *why)
{
    fprintf(stderr, "biaogan doctor: %s: %s\n", thing, why);
    return 2;
}

static int examine(struct doctor *doctor)
{
    static void (*const looks[])(struct doctor *) = {
        look_at_configuration, look_at_fonts,    look_at_ports, look_at_clock,
        look_at_disk,          look_at_database, look_at_sound, look_at_display,
    };
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        looks[i](doctor);
    }
    SDL_Quit();
    settings_free(doctor->settings);
    if (fflush(stdout) != 0) {
        return fail("stdout", "cannot be written: is the disk full or the pipe closed?");
    }
    return doctor->any_fault ? 1 : 0;
}

int command_doctor(int argc, char **argv)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'},
        {"state", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct doctor doctor = {.directory = "biaogan-state"};
    opterr = 0;
    optind = 0;
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 'c':
            doctor.config_path = optarg;
            break;
        case 's':
            doctor.directory = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        default:
            return fail(argv[optind - 1],
                        "not known or without its value: see biaogan doctor --help");
        }
    }
    if (optind < argc) {
        return fail(argv[optind], "not understood: see biaogan doctor --help");
    }
    return examine(&doctor);
}
