#!/bin/busybox sh
# The first program of the Linux on which tools/differential runs the real Wine. /dev/vda: the root with Wine and
# its prefix; /dev/vdb: what is to be done, as a tar archive with the script `run`; /dev/vdc: takes what came of it.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
for module in /modules/*; do insmod "$module"; done
mount -t ext4 /dev/vda /disk
mount --bind /dev /disk/dev
mount -t proc proc /disk/proc
mount -t tmpfs tmp /disk/tmp
mkdir /disk/tmp/job /disk/tmp/out
tar -x -f /dev/vdb -C /disk/tmp/job
chroot /disk /bin/busybox sh /tmp/job/run
tar -c -f /dev/vdc -C /disk/tmp/out .
umount /disk/tmp /disk/proc /disk/dev /disk
sync
reboot -f
