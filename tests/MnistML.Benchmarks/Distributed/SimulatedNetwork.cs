using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MnistML.Benchmarks.Distributed;

/// <summary>
/// Machines that are network namespaces of this one, and a switch between them, which delays each frame and sends no more bits a second
/// than a cable would. Each machine's cable is a TAP device whose other end this process holds. It needs root.
/// </summary>
internal sealed class SimulatedNetwork : IDisposable
{
    /// <summary>As many machines as have an address.</summary>
    public const int MaxMachines = 8;

    private const int ReadWrite = 2;
    private const nuint SetInterface = 0x400454ca; // TUNSETIFF of linux/if_tun.h
    private const short TapWithoutHeader = 0x0002 | 0x1000; // IFF_TAP | IFF_NO_PI
    private const int InterfaceRequestSize = 40; // struct ifreq of linux/if.h
    private const int NameSize = 16;

    /// <summary>Long frames, as clusters use them: six times as few to pass on, by a switch that has no cores of its own.</summary>
    private const int MaxPayload = 9000;
    private const int MaxFrame = 9216;
    private const int TcpBuffer = 2_000_000;
    private const int AddressSize = 6; // bytes of a MAC address
    private const double BitsInByte = 8;

    private readonly double _delaySeconds;
    private readonly double _bytesPerSecond;
    private readonly int[] _cables;
    private readonly BlockingCollection<Frame>[] _queues;
    private readonly double[] _busyUntil;
    private readonly ConcurrentDictionary<ulong, int> _machineOf = new();
    private readonly string _name = $"mml{Environment.ProcessId % 10_000}";
    private volatile bool _isOver;

    /// <param name="machines">The number of machines.</param>
    /// <param name="delaySeconds">How long each frame is on its way.</param>
    /// <param name="bitsPerSecond">What the cable of a machine carries.</param>
    public SimulatedNetwork(int machines, double delaySeconds, double bitsPerSecond)
    {
        (_delaySeconds, _bytesPerSecond) = (delaySeconds, bitsPerSecond / BitsInByte);
        _cables = new int[machines];
        _busyUntil = new double[machines];
        _queues = [.. Enumerable.Range(0, machines).Select(_ => new BlockingCollection<Frame>())];
        for (var machine = 0; machine < machines; machine++)
        {
            _cables[machine] = OpenCable($"{_name}t{machine}");
            Run("ip", "netns", "add", NamespaceOf(machine));
            Run("ip", "link", "set", $"{_name}t{machine}", "netns", NamespaceOf(machine));
            In(machine, "ip", "address", "add", $"{AddressOf(machine)}/24", "dev", $"{_name}t{machine}");
            In(machine, "ip", "link", "set", $"{_name}t{machine}", "mtu", $"{MaxPayload}", "up");
            In(machine, "ip", "link", "set", "lo", "up");

            // By the system's defaults TCP has less on its way than such a cable and such a delay hold, begins anew after each pause, and
            // may guess the cable's rate (BBR), which takes it seconds.
            foreach (var buffer in (string[])["tcp_rmem", "tcp_wmem"])
            {
                SetTcp(machine, buffer, $"4096 {TcpBuffer} {8 * TcpBuffer}");
            }

            SetTcp(machine, "tcp_congestion_control", "reno");
            SetTcp(machine, "tcp_slow_start_after_idle", "0");
        }

        for (var machine = 0; machine < machines; machine++)
        {
            var here = machine;
            new Thread(() => Receive(here)) { IsBackground = true }.Start();
            new Thread(() => Send(here)) { IsBackground = true }.Start();
        }
    }

    /// <summary>The addresses of the machines, as a launcher takes them.</summary>
    public string Hosts => string.Join(',', Enumerable.Range(0, _cables.Length).Select(AddressOf));

    /// <summary>Whether this process may make such a network; else a line says why not.</summary>
    public static bool IsPossible(string whatFor)
    {
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/dev/net/tun")
            && Try("ip", "netns", "add", "mml-try") && Try("ip", "netns", "delete", "mml-try"))
        {
            return true;
        }

        Console.WriteLine($"{whatFor} is left out: it needs root, the program ip, network namespaces and /dev/net/tun.");
        return false;
    }

    /// <summary>Writes the program by which a launcher starts commands on the machines, in the place of ssh.</summary>
    public string WriteAgent(string folder)
    {
        var path = Path.Combine(folder, "agent.sh");
        File.WriteAllText(path, $"#!/bin/sh\nmachine=$((${{1##*.}} - 1))\nshift\nexec ip netns exec {_name}n$machine sh -c \"$*\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    /// <summary>The network namespace of a machine.</summary>
    public string NamespaceOf(int machine) => $"{_name}n{machine}";

    public void Dispose()
    {
        _isOver = true;
        for (var machine = 0; machine < _cables.Length; machine++)
        {
            _queues[machine].CompleteAdding();
            Try("ip", "netns", "delete", NamespaceOf(machine));
            _ = Close(_cables[machine]);
        }
    }

    private static string AddressOf(int machine) => $"10.77.0.{machine + 1}";

    /// <summary>Takes frames from a machine's cable, and puts each into the queues of those that it is for.</summary>
    private void Receive(int machine)
    {
        TakeThePrecedence();
        var buffer = new byte[MaxFrame];
        while (!_isOver)
        {
            var count = (int)Read(_cables[machine], buffer, MaxFrame);
            if (count < 2 * AddressSize)
            {
                continue;
            }

            _machineOf[AddressAt(buffer, AddressSize)] = machine;
            var bytes = buffer.AsSpan(0, count).ToArray();
            if (_machineOf.TryGetValue(AddressAt(buffer, 0), out var to))
            {
                Enqueue(to, bytes);
                continue;
            }

            for (var other = 0; other < _cables.Length; other++)
            {
                if (other != machine)
                {
                    Enqueue(other, bytes);
                }
            }
        }
    }

    /// <summary>A frame arrives when the cable has carried it, after those before it, and the delay is over.</summary>
    private void Enqueue(int to, byte[] bytes)
    {
        lock (_queues[to])
        {
            _busyUntil[to] = Math.Max(_busyUntil[to], Now) + (bytes.Length / _bytesPerSecond);
            if (!_isOver)
            {
                _queues[to].Add(new Frame(bytes, _busyUntil[to] + _delaySeconds));
            }
        }
    }

    private void Send(int machine)
    {
        const double Microsecond = 1e-6;
        const double LeastPause = 2e-5;
        TakeThePrecedence();
        foreach (var frame in _queues[machine].GetConsumingEnumerable())
        {
            for (var left = frame.Due - Now; left > LeastPause; left = frame.Due - Now)
            {
                _ = Sleep((uint)(left / Microsecond));
            }

            _ = Write(_cables[machine], frame.Bytes, frame.Bytes.Length);
        }
    }

    /// <summary>
    /// The processes of a group wait for each other by asking again and again, on as many cores as there are. A switch is no part of them,
    /// so its threads, which mostly sleep, run before all others, where the system allows that.
    /// </summary>
    private static void TakeThePrecedence() => RealTimePriority.TryTake(RealTimePriority.Waking);

    private static double Now => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    private static ulong AddressAt(byte[] frame, int offset) =>
        BinaryPrimitives.ReadUInt64LittleEndian(frame.AsSpan(offset)) & ((1UL << (AddressSize * 8)) - 1);

    private static int OpenCable(string name)
    {
        var cable = Open("/dev/net/tun\0"u8.ToArray(), ReadWrite);
        var request = new byte[InterfaceRequestSize];
        Encoding.ASCII.GetBytes(name).CopyTo(request, 0);
        BinaryPrimitives.WriteInt16LittleEndian(request.AsSpan(NameSize), TapWithoutHeader);
        return cable >= 0 && Control(cable, SetInterface, request) == 0
            ? cable
            : throw new IOException(
                FormattableString.Invariant($"The TAP device {name} can't be made: error {Marshal.GetLastPInvokeError()}."));
    }

    private void SetTcp(int machine, string setting, string value) =>
        In(machine, "sh", "-c", $"echo '{value}' > /proc/sys/net/ipv4/{setting}");

    private void In(int machine, params string[] command) => Run("ip", ["netns", "exec", NamespaceOf(machine), .. command]);

    private static void Run(string program, params string[] arguments)
    {
        if (!Try(program, arguments))
        {
            throw new IOException($"'{program} {string.Join(' ', arguments)}' failed.");
        }
    }

    private static bool Try(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int file, nuint request, byte[] argument);

    [DllImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Read(int file, byte[] buffer, nint count);

    [DllImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int file, byte[] buffer, nint count);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);

    [DllImport("libc", EntryPoint = "usleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(uint microseconds);

    /// <summary>A frame, and when it is to arrive.</summary>
    private sealed record Frame(byte[] Bytes, double Due);
}
