using System.Globalization;
using Microsoft.AspNetCore.Components;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Linking.Timeline;
using Patron.Shared.Text;
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

    /// <summary>A stored value of a customer's field in the reader's language; any other text, or that of another field, as it is.</summary>
    protected string ValueText(Field<Customer>? field, string text)
    {
        if (field == CustomerSchema.Gender)
        {
            return Find("gender_" + text) ?? text;
        }

        return field switch
        {
            { JsonType: "boolean" } => T(text == "true" ? "yes" : "no"),
            { AllowedValues: not null } => Find("value_" + text) ?? text,
            { JsonFormat: "date" } when DateOnly.TryParse(text, CultureInfo.InvariantCulture, out var day) =>
                day.ToString(T("date_form"), Culture),
            _ => text,
        };
    }

    /// <summary>The name of whoever did something, or what they are.</summary>
    protected string NameOf(TimelineActor actor) =>
        actor.Name is { Length: > 0 } name ? name : T("actor_" + EnumNames<ActorKind>.Of(actor.Kind));
}

/// <summary>The base class of the console's pages.</summary>
/// <typeparam name="TModel">The model that the route passes to the page.</typeparam>
public abstract class ConsolePage<TModel> : ConsoleComponent, IPage<TModel>
{
    [Parameter]
    public required TModel Model { get; set; }
}
