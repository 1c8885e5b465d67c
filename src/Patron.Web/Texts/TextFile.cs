using System.Reflection;
using System.Resources;

namespace Patron.Web.Texts;

/// <summary>
/// The texts of a project with pages: Words.resx (English) and Words.de.resx in its folder Texts. No two projects have a text of one name.
/// </summary>
public sealed record TextFile(ResourceManager Texts)
{
    /// <param name="rootNamespace">The namespace of the project's root folder.</param>
    public static TextFile Of(string rootNamespace, Assembly assembly) => new(new ResourceManager($"{rootNamespace}.Texts.Words", assembly));
}
