using System.Security.Cryptography;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

/// <summary>What the library writes, NumPy reads, and the other way round.</summary>
[NeedsPython("numpy")]
public sealed class IdxFileNumPyTests
{
    /// <summary>Prints type, shape and the SHA-256 of the values as this machine holds them.</summary>
    private const string Reader = """
        import gzip, hashlib, struct, sys
        import numpy
        types = {8: '>u1', 9: '>i1', 11: '>i2', 12: '>i4', 13: '>f4', 14: '>f8'}
        for path in sys.argv[1:]:
            data = (gzip.open if path.endswith('.gz') else open)(path, 'rb').read()
            zeros, code, rank = struct.unpack('>HBB', data[:4])
            shape = struct.unpack('>' + 'i' * rank, data[4:4 + 4 * rank])
            values = numpy.frombuffer(data, dtype=types[code], offset=4 + 4 * rank).reshape(shape)
            values = values.astype(values.dtype.newbyteorder('='))
            print(zeros, values.dtype, 'x'.join(map(str, shape)), hashlib.sha256(values.tobytes()).hexdigest().upper())
        """;

    /// <summary>Writes every whole number that the type holds, or a ramp of fractions, as a big-endian file.</summary>
    private const string Writer = """
        import struct, sys
        import numpy
        path, code, dtype = sys.argv[1], int(sys.argv[2]), sys.argv[3]
        values = numpy.arange(-600, 600) if dtype[1] != 'f' else numpy.linspace(-1, 1, 1200)
        values = values.astype(dtype).reshape(20, 3, 20)
        open(path, 'wb').write(struct.pack('>HBBiii', 0, code, 3, 20, 3, 20) + values.tobytes())
        """;

    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Write_EveryTypeAndManyShapes_IsReadByNumPy()
    {
        string[] expected =
        [
            Write<byte>("bytes", "uint8", [0, 1, 127, 128, 254, 255], 6),
            Write<sbyte>("sbytes.gz", "int8", [-128, -1, 0, 1, 126, 127], 3, 2),
            Write<short>("shorts", "int16", [short.MinValue, -1, 0, 1, 258, short.MaxValue], 1, 2, 3),
            Write<int>("ints.gz", "int32", [int.MinValue, -1, 0, 1, 16_909_060, int.MaxValue], 1, 1, 6, 1),
            Write<float>(
                "floats", "float32", [float.MinValue, -0f, float.Epsilon, 0.1f, float.PositiveInfinity, float.MaxValue], 2, 1, 1, 1, 3),
            Write<double>("doubles.gz", "float64", [double.MinValue, -0.0, double.Epsilon, 0.1, double.NegativeInfinity, double.MaxValue],
                1, 1, 1, 3, 1, 1, 2, 1),
        ];

        var printed = Python.Run(Reader, [.. expected.Select(line => _folder.PathOf(line.Split('|')[0]))]);

        Assert.That(printed.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(expected.Select(line => line.Split('|')[1])));
    }

    [TestCase(8, ">u1", ExpectedResult = "UInt8 20×3×20")]
    [TestCase(9, ">i1", ExpectedResult = "Int8 20×3×20")]
    [TestCase(11, ">i2", ExpectedResult = "Int16 20×3×20")]
    [TestCase(12, ">i4", ExpectedResult = "Int32 20×3×20")]
    [TestCase(13, ">f4", ExpectedResult = "Single 20×3×20")]
    [TestCase(14, ">f8", ExpectedResult = "Double 20×3×20")]
    public string Read_WhatNumPyWrote_GivesTheSameValues(int code, string dtype)
    {
        var path = _folder.PathOf($"numpy{code}");
        Python.Run(Writer, path, $"{code}", dtype);
        var file = IdxFile.Read(path);

        var hash = code switch
        {
            8 => Hash<byte>(file.ToArray<byte>()),
            9 => Hash<sbyte>(file.ToArray<sbyte>()),
            11 => Hash<short>(file.ToArray<short>()),
            12 => Hash<int>(file.ToArray<int>()),
            13 => Hash<float>(file.ToArray<float>()),
            _ => Hash<double>(file.ToArray<double>()),
        };

        Assert.That(Python.Run(Reader, path).Trim(), Does.EndWith(hash));
        return file.Header.ToString();
    }

    /// <summary>Writes a file, and gives its name and what NumPy should say of it.</summary>
    private string Write<T>(string name, string type, T[] values, params int[] dimensions)
        where T : unmanaged
    {
        IdxFile.Write<T>(_folder.PathOf(name), values, dimensions);
        return $"{name}|0 {type} {string.Join('x', dimensions)} {Hash<T>(values)}";
    }

    private static string Hash<T>(ReadOnlySpan<T> values)
        where T : unmanaged => Convert.ToHexString(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values)));
}
