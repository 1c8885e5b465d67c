using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Patron.Web.Pages;
using Patron.Web.Texts;

namespace Patron.Web.Components;

/// <summary>The base class of all components: texts in the language of the page, and links that work behind a path prefix.</summary>
public abstract class PageComponent : ComponentBase
{
    [CascadingParameter]
    public required HttpContext Http { get; set; }

    /// <summary>The language of the page, for dates and numbers.</summary>
    protected CultureInfo Culture => Texts.Culture;

    /// <summary>The data of the page.</summary>
    protected PageState PageState => Http.Features.GetRequiredFeature<PageState>();

    /// <summary>The address of the page, for forms that lead back to it. After a post it is the page of the form.</summary>
    protected string Here => HttpMethods.IsGet(Http.Request.Method)
        ? Http.Request.Path + Http.Request.QueryString.ToString()
        : "/" + Http.Request.Path.Value!.Split('/')[1];

    private PageTexts Texts => PageState.Texts;

    protected string T(string name) => Texts.T(name);

    protected string T(string name, params object?[] values) => Texts.T(name, values);

    /// <summary>The text of a number of things: <c>{name}_one</c> or <c>{name}_many</c>.</summary>
    protected string Count(string name, int number) => T(number == 1 ? name + "_one" : name + "_many", number);

    /// <summary>The day of a time of the ERP, in UTC.</summary>
    protected static DateOnly? DayOf(DateTimeOffset? time) => time is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null;

    protected string? Find(string name) => Texts.Find(name);

    protected string Sentence(string english) => Texts.Sentence(english);

    /// <summary>The address of a page as the browser sees it.</summary>
    protected string Link(string path) => Http.Request.PathBase.ToUriComponent() + path;
}
