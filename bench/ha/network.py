"""Three machines on one switch: network namespaces on a bridge, within a network of the drill's own that is gone with its last process."""
import os
import signal
import subprocess

from processes import Failed

SWITCH = "switch"


class Network:
    """Machines by name and address; the drill itself has the addresses of `own`."""

    def __init__(self, own, machines):
        self.machines = list(machines)
        ip("link", "set", "lo", "up")
        ip("link", "add", SWITCH, "type", "bridge")
        for address in own:
            ip("address", "add", f"{address}/24", "dev", SWITCH)
        ip("link", "set", SWITCH, "up")
        for name, address in machines.items():
            ip("netns", "add", name)
            ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", name, "master", SWITCH, "up")
            ip("-n", name, "link", "set", "lo", "up")
            ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")

    @staticmethod
    def command(machine, command):
        """The command, to run on a machine."""
        return ["ip", "netns", "exec", machine, *command]

    @staticmethod
    def signal(machine, number):
        """Sends a signal to all processes of a machine."""
        for process in ip("netns", "pids", machine).split():
            try:
                os.kill(int(process), number)
            except ProcessLookupError:
                pass  # It has just ended.

    def end(self):
        for machine in self.machines:
            self.signal(machine, signal.SIGKILL)

    def cut(self, machine):
        """
        The switch drops what one machine sends to another, without a word; everybody still reaches etcd, haproxy and the drill. This machine
        loses all others at the same moment, because two machines must both be isolated to lose each other.
        """
        for name in sorted(self.machines, key=machine.__eq__):
            self.isolate(name, "on")

    def heal(self):
        for name in self.machines:
            self.isolate(name, "off")

    @staticmethod
    def unplug(machine):
        """Nothing of it is sent any more, not even what its kernel still holds of its processes when these end."""
        ip("link", "set", machine, "down")

    @staticmethod
    def plug_in(machine):
        ip("link", "set", machine, "up")

    @staticmethod
    def isolate(machine, state):
        ip("link", "set", machine, "type", "bridge_slave", "isolated", state)


def ip(*arguments):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"ip {' '.join(arguments)}: {done.stderr}")
    return done.stdout
