#!/bin/sh
# What doctor says of debug probes: those on USB, and what a target's section `probe` needs of them.
. "$(dirname "$0")/common.sh"

ORDEAL_USB_ROOT=$work/usb
export ORDEAL_USB_ROOT
devices=$ORDEAL_USB_ROOT/sys/bus/usb/devices
mkdir -p kept bare tools here/targets/openocd here/build
path=$work/tools:$PATH

# device PLACE NUMBER VENDOR PRODUCT_ID [PRODUCT [SERIAL]]: a device, with a node to open.
device()
{
    mkdir -p "$devices/$1" "$ORDEAL_USB_ROOT/dev/bus/usb/001"
    echo 1 > "$devices/$1/busnum"
    echo "$2" > "$devices/$1/devnum"
    echo "$3" > "$devices/$1/idVendor"
    echo "$4" > "$devices/$1/idProduct"
    [ -z "${5-}" ] || echo "$5" > "$devices/$1/product"
    [ -z "${6-}" ] || echo "$6" > "$devices/$1/serial"
    : > "$ORDEAL_USB_ROOT/dev/bus/usb/001/00$2"
}

# examine OPTION...: ordeal doctor with PATH as it is to be; exit code in code.
examine()
{
    code=0
    PATH=$path "$ordeal" doctor --project here "$@" > out 2> err || code=$?
    [ ! -s err ] || fail "messages beside doctor's table"
}

# row STATE WHAT NAME [DETAIL]: a check came out so.
row()
{
    grep -E "^$1 +$2 +$3 " out | grep -qF -e "${4-}" || fail "$2 $3 is not $1: ${4-}"
}

# target LINE...: the target `board` with these lines.
target()
{
    {
        printf 'schema: 1\nname: board\nclass: board\n'
        printf '%s\n' "$@"
    } > here/targets/board.yaml
}

# No USB, or no probe on it: a line with a remedy, and nothing that is needed.
examine
general=$code
row missing probe "debug probe" "none is attached by USB"
says "optional: debug probe: attach one"
examine --json
"$json" fields = ok checks probes < out || fail "doctor's JSON"
says '"probes": []'
device 1-1 2 046d c31c Keyboard
device 1-2 3 1d6b 0002 "a hub CMSIS-DAP"
echo 09 > "$devices/1-2/bDeviceClass"
examine
row missing probe "debug probe"

# Probes by name, by number, and one that may be something else.
device 1-4.2 4 0d28 0204 "BBC micro:bit CMSIS-DAP" 9904360258994e45
device 1-5 5 0483 374b "STM32 STLink" 066DFF
device 1-6 6 0403 6010 "Dual RS232"
examine
row ok probe CMSIS-DAP '0d28:0204 at 1-4.2, "BBC micro:bit CMSIS-DAP", serial number 9904360258994e45'
row ok probe ST-Link '0483:374b at 1-5'
row ok probe FTDI 'no serial number, which may be another thing than a probe'
! grep -q "debug probe" out || fail "no probe, although there are three"
[ "$code" -eq "$general" ] || fail "doctor ends with $code with probes, and with $general without"
examine --json
says '"location": "1-4.2"'
says '"vendor_id": "0d28"'
says '"serial": "9904360258994e45"'
says '"can_be_opened": true'

# One without a node.
mv "$ORDEAL_USB_ROOT/dev" "$ORDEAL_USB_ROOT/gone"
examine
row missing probe CMSIS-DAP "there is no device node $ORDEAL_USB_ROOT/dev/bus/usb/001/004"
says "optional: CMSIS-DAP: attach it again; in a container"
[ "$code" -eq "$general" ] || fail "a probe that cannot be opened is not optional"
mv "$ORDEAL_USB_ROOT/gone" "$ORDEAL_USB_ROOT/dev"

# One that may not be opened; root may open anything.
unprivileged=
[ "$(id -u)" -ne 0 ] || unprivileged="setpriv --reuid 65534 --regid 65534 --clear-groups"
chmod 755 "$work"
chmod 0 "$ORDEAL_USB_ROOT/dev/bus/usb/001/004"
code=0
$unprivileged "$ordeal" doctor --project here > out 2> err || code=$?
row missing probe CMSIS-DAP "you may not open $ORDEAL_USB_ROOT/dev/bus/usb/001/004"
says "60-openocd.rules"
says "plugdev"
chmod 666 "$ORDEAL_USB_ROOT/dev/bus/usb/001/004"

# A device that says what no terminal should see, and more than anybody reads.
device 1-7 7 0483 3748 "$(printf '\033[2Jevil')" "$(printf 'A%s%%n' "$(head -c 3000 /dev/zero | tr '\0' 's')")"
for options in "" --json; do
    # shellcheck disable=SC2086
    examine $options
    says 'x1b[2Jevil'
    ! grep -q "$(printf '\033')" out || fail "an escape of a device's reaches the terminal"
    ! grep -qE 's{500}' out || fail "a device's text has no end"
done
rm -r "$devices/1-7"

# The probe that a target names.
cat > tools/openocd <<'END'
#!/bin/sh
case "$*" in
    *--version*) echo "Open On-Chip Debugger 0.99" >&2 ;;
    *"[find {interface/cmsis-dap.cfg}]"*) echo "ordeal: /stock/interface/cmsis-dap.cfg" >&2 ;;
    *) echo "Can't find it" >&2; exit 1 ;;
esac
END
chmod +x tools/openocd
: > here/targets/openocd/mine.cfg
target 'probe: {driver: openocd, openocd: [interface/cmsis-dap.cfg, mine.cfg], serial: 9904360258994e45}'
examine -t board
row ok target openocd "Open On-Chip Debugger 0.99"
row ok target interface/cmsis-dap.cfg /stock/interface/cmsis-dap.cfg
row ok target mine.cfg targets/openocd/mine.cfg
row ok target 9904360258994e45 "at 1-4.2"
[ "$code" -eq "$general" ] || fail "doctor ends with $code with all that the target needs"

# Another serial number: which there are instead. Scripts that would be more than a name are
# refused with their line, and those that are nowhere are named.
target 'probe: {driver: openocd, openocd: [theirs.cfg, "a}; exec touch owned; echo {.cfg"], serial: 066DFE}'
examine -t board
[ "$code" -ne 0 ] || fail "doctor takes a script of a strange name"
[ ! -e owned ] || fail "a script's name is run"
target 'probe: {driver: openocd, openocd: [theirs.cfg], serial: 066DFE}'
examine -t board
[ "$code" -eq 3 ] || fail "doctor without the target's probe ends with $code"
row MISSING target 066DFE "attached: 9904360258994e45 (CMSIS-DAP at 1-4.2), 066DFF (ST-Link at 1-5), no serial number (FTDI at 1-6)"
says "needed:   066DFE: attach that probe, or correct \`probe.serial\`"
row MISSING target theirs.cfg "OpenOCD does not find this script"
says "targets/openocd, or name one of OpenOCD's own"
if command -v openocd > /dev/null; then
    path=$PATH
    target 'probe: {driver: openocd, openocd: [interface/cmsis-dap.cfg, theirs.cfg]}'
    examine -t board
    row ok target interface/cmsis-dap.cfg scripts/interface/cmsis-dap.cfg
    row MISSING target theirs.cfg
    path=$work/tools:$PATH
fi

# Several, and the target does not say which; then its bench file does.
target 'probe: {driver: openocd, openocd: [mine.cfg]}'
examine -t board
row missing target probe.serial "066DFF (ST-Link at 1-5)"
printf 'schema: 1\ntargets:\n  board:\n    probe: {serial: 066DFF}\n' > my.bench
examine -t board --bench my.bench
row ok target my.bench
row ok target 066DFF "at 1-5"
[ "$code" -eq "$general" ] || fail "doctor ends with $code with a bench file"
printf 'schema: 1\ntargets:\n  board:\n    probe: {serail: 066DFF}\n' > odd.bench
examine -t board --bench odd.bench
[ "$code" -eq 2 ] || fail "doctor with a bench file that is wrong ends with $code"
row MISSING target odd.bench "odd.bench:4"
examine -t board --bench nowhere.bench
[ "$code" -eq 2 ] || fail "doctor with a bench file that is missing ends with $code"
row MISSING target nowhere.bench
refuses 2 "name the target with --target" doctor --project here --bench my.bench

# No OpenOCD: optional, unless the target needs it.
path=$work/bare
examine
row missing tool openocd
examine -t board
row MISSING target openocd
row ok target mine.cfg
target 'probe: {driver: openocd, openocd: [interface/cmsis-dap.cfg]}'
examine -t board
row MISSING target interface/cmsis-dap.cfg "openocd is not there to look for it"
