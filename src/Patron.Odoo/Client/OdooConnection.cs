using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patron.Odoo.Client;

/// <summary>A connection to an Odoo of a known version, with the cache of its models' fields.</summary>
internal abstract class OdooConnection(OdooVersion version)
{
    public OdooVersion Version { get; } = version;

    public FieldCache Fields { get; } = new();

    /// <summary>Makes one call without retries.</summary>
    public abstract Task<JsonElement> CallAsync(OdooCall call, JsonObject arguments, CancellationToken cancellationToken);
}

/// <summary>
/// Caches the fields of an Odoo's models, or that a model does not exist, for ten minutes, because modules are installed and removed.
/// </summary>
internal sealed class FieldCache
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Entry> models = new(StringComparer.Ordinal);

    /// <exception cref="OdooException">The model does not exist, or <paramref name="fetch"/> failed.</exception>
    public async Task<IReadOnlyDictionary<string, OdooField>> GetAsync(
        string model, Func<Task<IReadOnlyDictionary<string, OdooField>>> fetch, TimeProvider time)
    {
        if (!models.TryGetValue(model, out var entry) || time.GetElapsedTime(entry.LoadedAt) > MaxAge)
        {
            entry = new Entry(await FetchAsync(fetch), time.GetTimestamp());
            models[model] = entry;
        }

        return entry.Fields
            ?? throw new OdooException(OdooFailure.NoSuchModel, $"This Odoo has no model {model}: its module is not installed.");
    }

    public void Remove(string model) => models.TryRemove(model, out _);

    private static async Task<IReadOnlyDictionary<string, OdooField>?> FetchAsync(Func<Task<IReadOnlyDictionary<string, OdooField>>> fetch)
    {
        try
        {
            return await fetch();
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.NoSuchModel)
        {
            return null;
        }
    }

    private sealed record Entry(IReadOnlyDictionary<string, OdooField>? Fields, long LoadedAt);
}
