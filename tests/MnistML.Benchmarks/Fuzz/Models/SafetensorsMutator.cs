using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MnistML.Benchmarks.Fuzz.Models;

/// <summary>Spoils safetensors files: their bytes or their headers.</summary>
internal sealed partial class SafetensorsMutator(Random random)
{
    private static readonly string[] TellingTexts =
    [
        "0", "-1", "1", "2", "4", "2147483647", "2147483648", "4611686018427387905", "9223372036854775807", "9223372036854775808",
        "1e3", "1.5", "null", "[]", "{}", "\"\"",
        "\"F64\"", "\"BF16\"", "\"weight\"", "\"1.weight\"", "\"1.bias\"", "\"99999999999.weight\"", "\"__metadata__\"", "\"\\uD800\"",
        new string('[', 100_000),
    ];

    private readonly ByteSpoiler _bytes = new(random);

    public byte[] Mutate(byte[] file)
    {
        var headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        var dataStart = sizeof(long) + headerLength;
        var (header, data) = (file[sizeof(long)..dataStart], file[dataStart..]);
        switch (random.Next(5))
        {
            case 0:
                return _bytes.Spoil(file);
            case 1:
                return _bytes.WithNumber(file, random.Next(sizeof(long)));
            case 2:
                return Join(_bytes.Spoil(header), data);
            case 3:
                return Join(header, _bytes.Spoil(data));
            default:
                var text = Encoding.UTF8.GetString(header);
                for (var times = 1 + random.Next(2); times > 0; times--)
                {
                    text = WithOther(text);
                }

                return Join(Encoding.UTF8.GetBytes(text), data);
        }
    }

    [GeneratedRegex("""-?[0-9]+|"[^"]*"|\[[^\[\]]*\]""")]
    private static partial Regex Token();

    /// <summary>Replaces a number, a text or a list.</summary>
    private string WithOther(string header)
    {
        var token = _bytes.Pick(Token().Matches(header));
        var other = _bytes.Pick(TellingTexts);
        if (int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) && random.Next(2) == 0)
        {
            other = (number + _bytes.Pick([-4, -1, 1, 4])).ToString(CultureInfo.InvariantCulture);
        }

        return string.Concat(header.AsSpan(0, token.Index), other, header.AsSpan(token.Index + token.Length));
    }

    private static byte[] Join(byte[] header, byte[] data)
    {
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }
}
