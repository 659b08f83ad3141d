/* The board at the lids on an Arduino Uno or Nano (ATmega328P, 5 V): four bins.
 *
 *     pin       to                        how
 *     A0 - A3   lid switch 1 - 4          4.7k from the pin to 5V; from the pin a two-core wire to
 *                                         the lid; there 4.7k, then the switch with 4.7k across it,
 *                                         then ground. The switch is closed while the lid is shut.
 *     D2        trigger of all sensors    HC-SR04, or JSN-SR04T in its mode 0: Trig
 *     D3 - D6   level sensor 1 - 4        Echo; a bin without a sensor: leave open
 *     D7 - D10  lock contact 1 - 4        to ground while locked; set HAS_CONTACT below
 *     D11 - D13, A4   lock 1 - 4          logic input of a MOSFET or relay module, high = open;
 *                                         10k from each to ground, so that a reset drives none
 *     D0, D1    the host, 9600/8n1        or the USB socket, which is the same UART
 *     5V, GND                             locks from a supply of their own; grounds together
 *
 * The board's own lamp is on D13, with lock 3. All else is in board.h. */
#include <Arduino.h>

extern "C" {
#include "hw/firmware/board.h"
}

static const uint8_t CHANNELS = 4;
static const bool HAS_CONTACT = true; /* the locks tell whether they are locked */
static const struct board_config CONFIG = {/* id */ 1, CHANNELS, CHANNELS, CHANNELS};

static const uint8_t LID_PINS[CHANNELS] = {A0, A1, A2, A3};
static const uint8_t TRIGGER_PIN = 2;
static const uint8_t ECHO_PINS[CHANNELS] = {3, 4, 5, 6};
static const uint8_t CONTACT_PINS[CHANNELS] = {7, 8, 9, 10};
static const uint8_t LOCK_PINS[CHANNELS] = {11, 12, 13, A4};

/* From one sensor to the next: the last sound has died away, and each is asked every 240 ms. */
static const uint32_t ECHO_EVERY_MS = 60;

static struct board board;
static uint8_t echo_channel; /* from 0 */
static uint32_t echo_ms;

void setup()
{
    for (uint8_t i = 0; i < CHANNELS; i++) {
        digitalWrite(LOCK_PINS[i], LOW);
        pinMode(LOCK_PINS[i], OUTPUT);
        pinMode(CONTACT_PINS[i], INPUT_PULLUP);
        pinMode(ECHO_PINS[i], INPUT_PULLUP);
    }
    pinMode(TRIGGER_PIN, OUTPUT);
    Serial.begin(9600);
    board_start(&board, &CONFIG, millis());
}

static uint8_t contact_of(uint8_t channel)
{
    if (!HAS_CONTACT) {
        return BOARD_CONTACT_FAULTY;
    }
    return digitalRead(CONTACT_PINS[channel]) == LOW ? BOARD_CONTACT_CLOSED : BOARD_CONTACT_OPEN;
}

/* Waits for one echo, up to the farthest: the longest that the loop stands still. */
static void measure(uint32_t now_ms)
{
    if (now_ms - echo_ms < ECHO_EVERY_MS) {
        return;
    }
    echo_ms = now_ms;
    digitalWrite(TRIGGER_PIN, HIGH);
    delayMicroseconds(10);
    digitalWrite(TRIGGER_PIN, LOW);
    /* The sensor begins its pulse within 2 ms. */
    const uint32_t echo_us = pulseIn(ECHO_PINS[echo_channel], HIGH, BOARD_ECHO_MOST_US + 2000UL);
    board_echo(&board, echo_channel + 1, echo_us);
    echo_channel = (echo_channel + 1) % CHANNELS;
}

static void drive_locks()
{
    for (uint8_t i = 0; i < CHANNELS; i++) {
        digitalWrite(LOCK_PINS[i], board_drives(&board, i + 1, millis()) ? HIGH : LOW);
    }
}

void loop()
{
    struct board_input input;
    uint8_t out[BOARD_OUT_MAX];
    for (uint8_t i = 0; i < CHANNELS; i++) {
        input.lids[i] = board_contact_of_adc(analogRead(LID_PINS[i]));
        input.locks[i] = contact_of(i);
    }
    while (Serial.available() > 0) {
        board_hear(&board, (uint8_t)Serial.read(), millis());
    }
    const size_t length = board_tick(&board, &input, millis(), out);
    drive_locks();
    Serial.write(out, length);
    measure(millis());
}
