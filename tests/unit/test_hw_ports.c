/* Ports of trees that the test plants: stable names, and adapters that cannot be told apart. */
#include "hw/ports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { TREE_MAX = 64 };

static char tree[TREE_MAX];
static char serial_directory[TREE_MAX + 16];
static struct port_entry entries[PORTS_MAX];

/* What is plugged in. */
static struct {
    int count;
    struct port_entry list[8];
} plugged;

static int find(void *context, struct port_entry *found, int most)
{
    (void)context;
    assert_true(plugged.count <= most);
    memcpy(found, plugged.list, sizeof *found * (size_t)plugged.count);
    return plugged.count;
}

static const struct ports_source source = {.find = find, .serial_directory = serial_directory};

static int plant(void **state)
{
    (void)state;
    char path[TREE_MAX + 32];
    snprintf(tree, sizeof tree, "%s", "/tmp/biaogan-ports-XXXXXX");
    if (mkdtemp(tree) == NULL) {
        return -1;
    }
    snprintf(serial_directory, sizeof serial_directory, "%s/serial", tree);
    snprintf(path, sizeof path, "%s/by-path", serial_directory);
    int failed = mkdir(serial_directory, 0700) != 0 || mkdir(path, 0700) != 0;
    snprintf(path, sizeof path, "%s/by-id", serial_directory);
    plugged.count = 0;
    return failed || mkdir(path, 0700) != 0 ? -1 : 0;
}

static int fell(void **state)
{
    (void)state;
    char command[TREE_MAX + 16];
    snprintf(command, sizeof command, "rm -r %s", tree);
    return system(command) == 0 ? 0 : -1;
}

static void link_to(const char *kind, const char *name, const char *device)
{
    char path[PORTS_NAME_MAX], target[PORTS_NAME_MAX];
    snprintf(path, sizeof path, "%s/%s/%s", serial_directory, kind, name);
    snprintf(target, sizeof target, "../../%s", device);
    unlink(path);
    assert_int_equal(symlink(target, path), 0);
}

/* A CH340 where serial is "", an FTDI elsewhere. */
static void plug(const char *device, const char *path, int address, const char *serial)
{
    struct port_entry *entry = &plugged.list[plugged.count++];
    *entry = (struct port_entry){0};
    snprintf(entry->device, sizeof entry->device, "%s/%s", tree, device);
    FILE *file = fopen(entry->device, "w");
    assert_non_null(file);
    fclose(file);
    const bool is_ftdi = serial[0] != '\0';
    entry->identity = (struct port_identity){
        .is_usb = true,
        .vid = is_ftdi ? 0x0403 : 0x1A86,
        .pid = is_ftdi ? 0x6001 : 0x7523,
        .bus = 1,
        .address = address,
    };
    snprintf(entry->identity.serial, PORTS_TEXT_MAX, "%s", serial);
    char id[64];
    snprintf(id, sizeof id, "usb-%04x-%s-port0", entry->identity.vid, serial);
    link_to("by-path", path, device);
    link_to("by-id", id, device);
}

static const struct port_entry *entry_of(const char *device)
{
    char path[PORTS_NAME_MAX];
    snprintf(path, sizeof path, "%s/%s", tree, device);
    const struct port_entry *entry = ports_find(entries, plugged.count, path);
    assert_non_null(entry);
    return entry;
}

static void each_port_has_its_stable_names(void **state)
{
    (void)state;
    plug("ttyUSB10", "pci-0:3", 7, "A2");
    plug("ttyUSB2", "pci-0:2", 5, "A1");
    assert_int_equal(ports_list(&source, entries), 2);
    assert_non_null(strstr(entries[0].device, "/ttyUSB2"));
    assert_non_null(strstr(entries[0].by_path, "/by-path/pci-0:2"));
    assert_non_null(strstr(entries[0].by_id, "/by-id/usb-0403-A1-port0"));
    assert_non_null(strstr(entries[1].by_path, "/by-path/pci-0:3"));
    assert_true(ports_is_unique(&entries[0]));
    assert_string_equal(ports_note(&entries[0]), "");
}

static void two_without_a_serial_number_clash(void **state)
{
    (void)state;
    plug("ttyUSB0", "pci-0:1", 5, "");
    plug("ttyUSB1", "pci-0:2", 6, "");
    plug("ttyUSB2", "pci-0:3", 7, "A1");
    assert_int_equal(ports_list(&source, entries), 3);
    for (int i = 0; i < 2; i++) {
        assert_true(entries[i].clashes);
        assert_string_equal(entries[i].by_id, "");
        assert_string_not_equal(entries[i].by_path, "");
        assert_false(ports_is_unique(&entries[i]));
        assert_string_equal(ports_note(&entries[i]),
                            "two adapters share this identity: bind by-path");
    }
    assert_false(entries[2].clashes);
}

static void two_with_one_serial_number_clash(void **state)
{
    (void)state;
    plug("ttyUSB0", "pci-0:1", 5, "0001");
    plug("ttyUSB1", "pci-0:2", 6, "0001");
    ports_list(&source, entries);
    assert_true(entries[0].clashes && entries[1].clashes);
}

static void two_plugs_of_one_adapter_do_not(void **state)
{
    (void)state;
    plug("ttyUSB0", "pci-0:1", 5, "FT4232");
    plug("ttyUSB1", "pci-0:1.1", 5, "FT4232");
    ports_list(&source, entries);
    assert_false(entries[0].clashes || entries[1].clashes);
}

static void one_without_a_serial_number_is_warned_about(void **state)
{
    (void)state;
    plug("ttyUSB0", "pci-0:1", 5, "");
    ports_list(&source, entries);
    assert_false(entries[0].clashes);
    assert_false(ports_is_unique(&entries[0]));
    assert_non_null(strstr(ports_note(&entries[0]), "bind by-path"));
}

static void a_port_is_found_by_any_of_its_names(void **state)
{
    (void)state;
    plug("ttyUSB0", "pci-0:1", 5, "A1");
    plug("ttyUSB1", "pci-0:2", 6, "A2");
    ports_list(&source, entries);
    const struct port_entry *second = entry_of("ttyUSB1");
    assert_ptr_equal(ports_find(entries, 2, second->by_path), second);
    assert_ptr_equal(ports_find(entries, 2, second->by_id), second);
    assert_null(ports_find(entries, 2, "/dev/null"));
    assert_true(ports_are_one(second->by_id, second->by_path));
    assert_false(ports_are_one(entries[0].by_id, second->by_path));
    assert_false(ports_are_one("/nowhere", "/nowhere"));
}

static void sockets_keep_their_names_when_devices_change_theirs(void **state)
{
    (void)state;
    plug("ttyUSB0", "pci-0:1", 5, "A1");
    plug("ttyUSB1", "pci-0:2", 6, "A2");
    ports_list(&source, entries);
    char first_path[PORTS_NAME_MAX];
    snprintf(first_path, sizeof first_path, "%s", entry_of("ttyUSB0")->by_path);
    plugged.count = 0;
    plug("ttyUSB1", "pci-0:1", 8, "A1");
    plug("ttyUSB0", "pci-0:2", 9, "A2");
    ports_list(&source, entries);
    assert_string_equal(ports_find(entries, 2, first_path)->identity.serial, "A1");
    assert_ptr_equal(ports_find(entries, 2, first_path), entry_of("ttyUSB1"));
}

static void no_port_is_no_error(void **state)
{
    (void)state;
    assert_int_equal(ports_list(&source, entries), 0);
    /* libserialport looks into /sys, which a bare chroot lacks: that is an error, and no crash. */
    const bool has_sys = access("/sys/class/tty", F_OK) == 0;
    assert_int_equal(ports_list(&ports_machine, entries) >= 0, has_sys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_port_has_its_stable_names, plant, fell),
        cmocka_unit_test_setup_teardown(two_without_a_serial_number_clash, plant, fell),
        cmocka_unit_test_setup_teardown(two_with_one_serial_number_clash, plant, fell),
        cmocka_unit_test_setup_teardown(two_plugs_of_one_adapter_do_not, plant, fell),
        cmocka_unit_test_setup_teardown(one_without_a_serial_number_is_warned_about, plant, fell),
        cmocka_unit_test_setup_teardown(a_port_is_found_by_any_of_its_names, plant, fell),
        cmocka_unit_test_setup_teardown(sockets_keep_their_names_when_devices_change_theirs, plant,
                                        fell),
        cmocka_unit_test_setup_teardown(no_port_is_no_error, plant, fell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
