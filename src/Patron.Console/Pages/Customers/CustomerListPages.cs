using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Search;
using Patron.Customers.Search.Filters;
using Patron.Customers.Segments;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Customers;

/// <summary>
/// A page of the list: what it was asked for, the parsed filter, the saved segments, and the customers, or what is wrong with the request.
/// </summary>
public sealed record CustomerListModel(
    ListState State, CustomerFilter Filter, IReadOnlyList<CountedSegment> Segments, FoundPage? Found, Error? Problem)
{
    /// <summary>The segment that the list shows.</summary>
    public Segment? Segment => Segments.FirstOrDefault(segment => segment.Segment.Uid == State.Segment)?.Segment;
}

/// <summary>Reads the model of the list.</summary>
internal sealed class ReadCustomerList(FindCustomers customers, ListSegments segments, FilterTerms terms)
{
    // The list does not wait for the figures of segments whose filter is slow.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);

    public async Task<Result<CustomerListModel>> HandleAsync(Caller caller, ListState state, CancellationToken cancellationToken)
    {
        var listed = await segments.HandleAsync(caller, cancellationToken, Patience);
        if (!listed.Succeeded(out var saved, out var refused))
        {
            return refused;
        }

        var criteria = new CustomerCriteria { Filter = state.Filter, Segment = state.Segment };
        var request = new FindRequest(criteria) { Order = state.Order, Cursor = state.Cursor };
        var found = await customers.HandleAsync(caller, request, cancellationToken);
        if (found.Succeeded(out var page, out var problem))
        {
            return new CustomerListModel(state, page.Filter, saved, page, Problem: null);
        }

        return problem.Fields is null ? problem : new CustomerListModel(state, terms.Parse(state.Filter), saved, Found: null, problem);
    }
}

/// <summary>Finds customers: the list with its filter, and what the search box of every page shows while somebody types.</summary>
internal static class CustomerListPages
{
    public static void MapCustomerList(this RouteGroupBuilder pages) => pages.MapGet(CustomerRecordPages.Path, ListAsync);

    private static async Task<IResult> ListAsync(ReadCustomerList read, HttpContext http, CancellationToken cancellationToken) =>
        (await read.HandleAsync(http.Caller(), ListState.Read(http), cancellationToken)).ToResult(
            PageResults.Page<CustomerListPage, CustomerListModel>);
}
