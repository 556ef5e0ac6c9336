using System.Net.Http.Headers;
using System.Text;

namespace MnistML.Benchmarks.Web;

/// <summary>What a service must refuse: texts, cut pictures, broken JSON, wrong values, paths that are not there.</summary>
internal static class BadRequest
{
    private const int PixelCount = 784;

    private static readonly string Blank = Convert.ToBase64String(new byte[PixelCount]);

    /// <summary>Draws one; equal random numbers give equal requests.</summary>
    public static HttpRequestMessage Create(Random random)
    {
        var noise = new byte[random.Next(1, 2_000)];
        random.NextBytes(noise);
        var picture = Drawings.All[random.Next(Drawings.All.Count)];
        return random.Next(8) switch
        {
            0 => Post("api/predict", new ByteArrayContent(noise)),
            1 => Post("api/predict", new ByteArrayContent(picture[..random.Next(1, picture.Length / 2)])),
            2 => Post("api/explain", new ByteArrayContent(noise), "application/json"),
            3 => Post("api/corrections", Text("{\"pixels\": \"AAAA\", \"label\": 3}"), "application/json"),
            4 => Post("api/corrections", Text($"{{\"pixels\": \"{Blank}\", \"label\": {random.Next(10, 99)}}}"), "application/json"),
            5 => Post("api/training", Text($"{{\"epochs\": {random.Next(-9, 0)}}}"), "application/json"),
            6 => Post($"api/runs/{Convert.ToHexString(noise[..1])}/use", new ByteArrayContent([])),
            _ => new HttpRequestMessage(HttpMethod.Delete, $"api/corrections/{Convert.ToHexString(noise[..1])}"),
        };

        static ByteArrayContent Text(string text) => new(Encoding.UTF8.GetBytes(text));

        static HttpRequestMessage Post(string path, ByteArrayContent content, string type = "image/png")
        {
            content.Headers.ContentType = new MediaTypeHeaderValue(type);
            return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        }
    }
}
