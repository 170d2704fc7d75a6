#!/usr/bin/env bash
# Boots Debian's own kernel in QEMU by software emulation and runs the checks of this crate inside.
#
#   tests/guest/run.sh BINARY FOLDER     BINARY: the built `guest`; FOLDER: kernel and images are kept there
#
# Skips with a visible line where a tool is missing or the kernel package cannot be had. Needs no root and no KVM.
set -euo pipefail
binary=$(realpath "$1"); here=$(dirname "$(realpath "$0")")
mkdir -p "$2"; folder=$(realpath "$2")

skip() { echo "SKIPPED: guest test: $1"; exit 0; }
for tool in qemu-system-x86_64 busybox cpio depmod xz dpkg-deb; do
  command -v "$tool" >/dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || skip "$tool is not installed"
done
PATH=$PATH:/usr/sbin:/sbin

# The kernel package, taken by its exact name: a pattern would fetch every kernel of the archive.
kernel=$(find "$folder" -maxdepth 1 -name 'linux-image-*.deb' | head -n 1)
if [ -z "$kernel" ]; then
  name=$(apt-cache depends linux-image-amd64 2>/dev/null | awk '/Depends: linux-image/ {print $2; exit}')
  [ -n "$name" ] || skip "this system has no package linux-image-amd64"
  (cd "$folder" && apt-get download -qq "$name" 2>/dev/null) || skip "the kernel package cannot be downloaded"
  kernel=$(find "$folder" -maxdepth 1 -name 'linux-image-*.deb' | head -n 1)
fi
tree=$folder/tree-$(basename "$kernel" .deb)
if [ ! -e "$tree/ready" ]; then
  rm -rf "$tree"; dpkg-deb -x "$kernel" "$tree"
  depmod -b "$tree" -F /dev/null "$(ls "$tree/lib/modules")"
  # The compressed kernel inside the boot image begins with the mark of xz; unpacked it boots without decompressing.
  image=$(find "$tree/boot" -name 'vmlinuz-*')
  offset=$(LC_ALL=C grep -obUaP '\xfd7zXZ\x00' "$image" | head -n 1 | cut -d: -f1)
  { tail -c +"$((offset + 1))" "$image" | xz -dc --single-stream > "$tree/vmlinux" 2>/dev/null; } || true
  [ "$(head -c 4 "$tree/vmlinux" | tail -c 3)" = ELF ] || skip "the kernel image has an unknown form"
  touch "$tree/ready"
fi
version=$(ls "$tree/lib/modules")

# One image per job: its modules in loading order, the checks with their libraries, busybox.
build() {
  local root=$folder/root-$1; shift
  rm -rf "$root"; mkdir -p "$root"/{bin,proc,sys,dev,tmp,modules}
  cp "$(command -v busybox)" "$root/bin/busybox"; cp "$here/init" "$root/init"; cp "$binary" "$root/guest"
  chmod +x "$root/init"
  ldd "$binary" | grep -oE '/[^ ]+' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"; cp -L "$library" "$root$library"
  done
  for module in "$@"; do
    modprobe -d "$tree" -S "$version" --show-depends "$module" | awk '/^insmod/ {print $2}'
  done | awk '!seen[$0]++' | while read -r path; do
    cp "$path" "$root/modules/"; basename "$path" >> "$root/modules/order"
  done
  (cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) > "$root.cpio.gz"
}

boot() {
  local log=$folder/$1.log
  # KVM is never asked for: on nested hosts it starts and then hangs.
  timeout "${LIMIT_S:-300}" qemu-system-x86_64 -nodefaults -no-user-config -nographic -no-reboot -serial stdio \
    -M pc,usb=off -cpu max -accel tcg,thread=multi,tb-size=512 -m 1024 -smp 1 -device virtio-rng-pci \
    -kernel "$tree/vmlinux" -initrd "$folder/root-$1.cpio.gz" \
    -append "console=ttyS0 quiet panic=-1 tsc=reliable no_timer_check random.trust_cpu=1 mitigations=off job=$1" \
    </dev/null >"$log" 2>&1 || true
  tr -d '\r' < "$log" | grep -aE '^(ok|FAILED|module|thread)' || true
  if [ "$(tr -d '\r' < "$log" | grep -aoE 'guest-exit-code [0-9]+' | tail -n 1)" != "guest-exit-code 0" ]; then
    echo "the guest job \"$1\" did not succeed; its whole output: $log" >&2
    tail -n 20 "$log" >&2
    return 1
  fi
}

build usb virtio_pci virtio-rng vhci-hcd
boot usb
build camera virtio_pci virtio-rng vivid
boot camera
