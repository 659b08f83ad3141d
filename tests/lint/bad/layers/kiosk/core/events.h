/* Right: the vocabulary of the devices. */
#include "hw/reading.h"
