/* A directory for one test, in memory where the machine has such a place; removed at the end. */
#ifndef TESTS_FAULTS_WORKSHOP_H
#define TESTS_FAULTS_WORKSHOP_H

#include <stdint.h>

/* Borrowed until the program ends. */
const char *workshop_make(void);
/* The directory NAME in it, made where it is not there and emptied where it is. */
void workshop_directory(const char *name, char path[256]);
/* Keeps it for whoever looks into a failure. */
void workshop_keep(void);

/* The number behind `name` among the arguments, or `fallback`. */
uint64_t workshop_option(int count, char **arguments, const char *name, uint64_t fallback);

#endif
