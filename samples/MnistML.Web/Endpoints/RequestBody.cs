using MnistML.Web.Service;

namespace MnistML.Web.Endpoints;

/// <summary>Reads a whole body, up to the limit, before anything is done with it.</summary>
internal static class RequestBody
{
    private const int InitialByteCount = 16 * 1024;

    /// <returns>Null if the body is larger than may be.</returns>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, Limits limits, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limits.UploadBytes)
        {
            return null;
        }

        using var bytes = new MemoryStream((int)(request.ContentLength ?? InitialByteCount));
        await request.Body.CopyToAsync(bytes, cancellationToken); // Kestrel counts what comes without a length
        return bytes.ToArray();
    }
}
