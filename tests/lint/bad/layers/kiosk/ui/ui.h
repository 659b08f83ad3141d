#include "kiosk/core/view.h"
#include <stdio.h>
