using Microsoft.EntityFrameworkCore;

namespace Patron.Accounts.Organizations;

/// <summary>A page of a list, and the number of rows of the whole list.</summary>
public sealed record PagedList<T>(int Count, IReadOnlyList<T> Rows)
{
    public PagedList<TOther> Select<TOther>(Func<T, TOther> shape) => new(Count, [.. Rows.Select(shape)]);
}

internal static class PagedListExtensions
{
    /// <summary>Reads a page, counted from 1. The query must be ordered.</summary>
    public static async Task<PagedList<T>> ToPagedListAsync<T>(
        this IQueryable<T> rows, int page, int pageSize, CancellationToken cancellationToken) =>
        new(await rows.CountAsync(cancellationToken), await rows.Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken));
}
