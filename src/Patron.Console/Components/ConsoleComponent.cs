using Microsoft.AspNetCore.Components;
using Patron.StaffConsole.Access;
using Patron.Web.Components;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Components;

/// <summary>The base class of the console's components.</summary>
public abstract class ConsoleComponent : PageComponent
{
    protected ConsoleVisit Visit => ConsoleVisit.Of(Http);

    /// <summary>The address of a page of the console for the organization of this request, for forms and redirects.</summary>
    protected string To(string path) => Visit.Path + path;

    /// <summary>The same as the browser sees it, for links.</summary>
    protected string LinkTo(string path) => Link(To(path));

    /// <summary>What staff call a field of a customer; the portal may address the customer.</summary>
    protected string LabelOf(string field) => Find("staff_" + field) ?? T("field_" + field);
}

/// <summary>The base class of the console's pages.</summary>
/// <typeparam name="TModel">The model that the route passes to the page.</typeparam>
public abstract class ConsolePage<TModel> : ConsoleComponent, IPage<TModel>
{
    [Parameter]
    public required TModel Model { get; set; }
}
