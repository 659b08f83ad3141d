/* Real serial adapters, opened and configured by libserialport; hw/link.h says why the bytes then
 * go past it. */
#include "hw/link_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static enum sp_parity parity_of(char letter)
{
    return letter == 'e' ? SP_PARITY_EVEN : letter == 'o' ? SP_PARITY_ODD : SP_PARITY_NONE;
}

/* A message of libserialport; errno explains SP_ERR_FAIL only. */
static const char *reason_of(enum sp_return result)
{
    switch (result) {
    case SP_ERR_FAIL:
        return strerror(errno);
    case SP_ERR_ARG:
        return "no such port";
    case SP_ERR_MEM:
        return "out of memory";
    case SP_ERR_SUPP:
        return "not supported by the adapter";
    default:
        return "unknown reason";
    }
}

/* What to do about a port that does not open: the ports that are there, or the permission. */
static void open_remedy(int problem, char *text, size_t size)
{
    if (problem == EACCES) {
        snprintf(text, size, "add this user to the group dialout");
        return;
    }
    if (problem == EBUSY) {
        snprintf(text, size, "stop the other program that uses it");
        return;
    }
    struct sp_port **ports = NULL;
    if (sp_list_ports(&ports) != SP_OK || !ports[0]) {
        snprintf(text, size, "no serial port is here: plug the adapter in");
    } else {
        size_t used = (size_t)snprintf(text, size, "ports here:");
        for (size_t i = 0; ports[i] && used < size; i++) {
            used += (size_t)snprintf(text + used, size - used, " %s", sp_get_port_name(ports[i]));
        }
    }
    sp_free_port_list(ports);
}

/* The adapter may accept a setting and not keep it, so that it is read back. */
static bool configure(struct sp_port *port, const struct link_line *line, const char **problem)
{
    const enum sp_return results[] = {
        sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE),
        sp_set_baudrate(port, (int)line->baud),
        sp_set_bits(port, line->data_bits),
        sp_set_parity(port, parity_of(line->parity)),
        sp_set_stopbits(port, line->stop_bits),
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (results[i] != SP_OK) {
            *problem = reason_of(results[i]);
            return false;
        }
    }
    struct sp_port_config *kept = NULL;
    if (sp_new_config(&kept) != SP_OK) {
        *problem = reason_of(SP_ERR_MEM);
        return false;
    }
    int baud = 0;
    int bits = 0;
    int stop_bits = 0;
    enum sp_parity parity = SP_PARITY_INVALID;
    const bool is_read =
        sp_get_config(port, kept) == SP_OK && sp_get_config_baudrate(kept, &baud) == SP_OK &&
        sp_get_config_bits(kept, &bits) == SP_OK && sp_get_config_parity(kept, &parity) == SP_OK &&
        sp_get_config_stopbits(kept, &stop_bits) == SP_OK;
    sp_free_config(kept);
    if (!is_read || baud != (int)line->baud || bits != line->data_bits ||
        parity != parity_of(line->parity) || stop_bits != line->stop_bits) {
        *problem = "the adapter did not keep the setting";
        return false;
    }
    return true;
}

/* libserialport knows /dev/ttyUSB0 but no symbolic link to it, such as /dev/serial/by-path/... */
static enum sp_return find_port(const char *device, struct sp_port **port)
{
    char path[PATH_MAX];
    const enum sp_return result = sp_get_port_by_name(device, port);
    return result == SP_OK || !realpath(device, path) ? result : sp_get_port_by_name(path, port);
}

/* sp_open() changes the settings of the terminal at once, even where another program reads from it
 * and the kernel lets us in (as root). So the lock is asked for before. -1 with errno. */
static int open_guard(const char *device)
{
    const int guard = open(device, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (guard >= 0 && flock(guard, LOCK_EX | LOCK_NB) != 0) {
        close(guard);
        errno = EBUSY;
        return -1;
    }
    return guard;
}

static void serial_close(struct link *link)
{
    struct sp_port *port = link->private;
    if (port) {
        sp_close(port);
        sp_free_port(port);
    }
    link->private = NULL;
    link->fd = -1;
}

static int fail(struct link *link, char error[LINK_ERROR_MAX], const char *device,
                const char *problem, const char *remedy)
{
    snprintf(error, LINK_ERROR_MAX, "%.50s: %.32s: %.70s", device, problem, remedy);
    serial_close(link);
    return -1;
}

static int serial_open(struct link *link, const char *device, const char *line,
                       char error[LINK_ERROR_MAX])
{
    struct link_line settings;
    *link = (struct link){.ops = &link_serial, .fd = -1};
    if (!link_line_parse(line, &settings, error)) {
        return -1;
    }
    char remedy[LINK_ERROR_MAX];
    struct sp_port *port = NULL;
    enum sp_return result = find_port(device, &port);
    if (result != SP_OK) {
        const int problem = access(device, F_OK) == 0 ? ENODEV : ENOENT;
        open_remedy(problem, remedy, sizeof remedy);
        return fail(link, error, device, problem == ENOENT ? "no such device" : "no serial port",
                    remedy);
    }
    link->private = port;
    const int guard = open_guard(device);
    if (guard < 0) {
        const int problem = errno;
        open_remedy(problem, remedy, sizeof remedy);
        return fail(link, error, device, strerror(problem), remedy);
    }
    result = sp_open(port, SP_MODE_READ_WRITE);
    const int open_problem = errno;
    close(guard);
    if (result != SP_OK) {
        errno = open_problem;
        const char *problem = reason_of(result);
        open_remedy(result == SP_ERR_FAIL ? open_problem : ENODEV, remedy, sizeof remedy);
        return fail(link, error, device, problem, remedy);
    }
    int fd = -1;
    const char *problem = NULL;
    if (sp_get_port_handle(port, &fd) != SP_OK || !link_fd_make_exclusive(fd)) {
        return fail(link, error, device, "in use", "stop the other program that uses it");
    }
    if (!configure(port, &settings, &problem) || !link_fd_make_raw(fd)) {
        snprintf(remedy, sizeof remedy, "line setting %.16s: try another adapter or setting", line);
        return fail(link, error, device, problem ? problem : strerror(errno), remedy);
    }
    sp_flush(port, SP_BUF_BOTH); /* what came before we listened has no time */
    link->fd = fd;
    return 0;
}

const struct link_ops *link_for_device(const char *device)
{
    static const char pseudo_terminals[] = "/dev/pts/";
    char path[PATH_MAX];
    const char *resolved = realpath(device, path) ? path : device;
    const bool is_pty = strncmp(resolved, pseudo_terminals, sizeof pseudo_terminals - 1) == 0;
    return is_pty ? &link_pty : &link_serial;
}

const struct link_ops link_serial = {
    .name = "serial",
    .open = serial_open,
    .read = link_fd_read,
    .write = link_fd_write,
    .close = serial_close,
};
