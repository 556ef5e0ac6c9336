using Microsoft.AspNetCore.Http.Features;
using MnistML.Web.Service;

namespace MnistML.Web.Endpoints;

/// <summary>Reads a whole body, up to the limit, before anything is done with it.</summary>
internal static class RequestBody
{
    private const int PieceByteCount = 64 * 1024;

    /// <summary>
    /// A client reads no answer while it still sends. So what is somewhat too large is read to its end and forgotten, and the client gets
    /// its answer; what is larger still is cut off.
    /// </summary>
    private const int MaxExcess = 20;

    /// <returns>Null if the body is larger than may be.</returns>
    public static async Task<byte[]?> ReadAsync(HttpContext context, Limits limits, CancellationToken cancellationToken)
    {
        var maxDrained = limits.UploadBytes * MaxExcess;
        if (context.Request.ContentLength > maxDrained)
        {
            return null;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = maxDrained;
        }

        using var bytes = new MemoryStream();
        var (piece, count) = (new byte[PieceByteCount], 0L);
        while (await context.Request.Body.ReadAsync(piece, cancellationToken) is > 0 and var read)
        {
            count += read;
            if (count <= limits.UploadBytes)
            {
                bytes.Write(piece, 0, read);
            }
        }

        return count <= limits.UploadBytes ? bytes.ToArray() : null;
    }
}
