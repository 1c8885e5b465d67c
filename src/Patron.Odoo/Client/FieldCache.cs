using System.Collections.Concurrent;

namespace Patron.Odoo.Client;

/// <summary>Which fields the models of one Odoo have, or that there is no such model: remembered for ten minutes, because modules come and go.</summary>
internal sealed class FieldCache
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Known> models = new(StringComparer.Ordinal);

    /// <exception cref="OdooException">The model is known not to be there, or <paramref name="ask"/> failed.</exception>
    public async Task<IReadOnlyDictionary<string, OdooField>> GetAsync(string model, Func<Task<IReadOnlyDictionary<string, OdooField>>> ask, TimeProvider time)
    {
        if (!models.TryGetValue(model, out var known) || time.GetElapsedTime(known.Since) > MaxAge)
        {
            known = new Known(await AskAsync(ask), time.GetTimestamp());
            models[model] = known;
        }

        return known.Fields ?? throw new OdooException(OdooFailure.NoSuchModel, $"This Odoo has no model {model}: its module is not installed.");
    }

    public void Forget(string model) => models.TryRemove(model, out _);

    private static async Task<IReadOnlyDictionary<string, OdooField>?> AskAsync(Func<Task<IReadOnlyDictionary<string, OdooField>>> ask)
    {
        try
        {
            return await ask();
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.NoSuchModel)
        {
            return null;
        }
    }

    private sealed record Known(IReadOnlyDictionary<string, OdooField>? Fields, long Since);
}
