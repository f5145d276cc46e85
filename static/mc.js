/*
 * Mission Control: keeps a page current, and lends it a keyboard. Every page works without it.
 *
 * Loaded in the head without defer, so that the remembered theme is there
 * before anything is painted; the rest waits for the document.
 */
"use strict";
(() => {
	const EVERY_MS = 15000, ASKED_MS = 2000, TICK_MS = 1000, PRESS_MS = 1000, CHORD_MS = 1500;
	const FORGET_MS = 300000; // so long a tab nobody looks at may speak of what it knew
	const THEMES = { "": "as the system", light: "light", dark: "dark" };
	const root = document.documentElement, find = (selector) => document.querySelector(selector);
	let etag = null, busy = false, ahead = 0; // ahead: the server's clock minus ours
	let pressedAt = -PRESS_MS, chordUntil = 0, forgetting = 0;

	const stored = {
		get: (name) => { try { return localStorage.getItem(name) || ""; } catch { return ""; } },
		set: (name, v) => { try { localStorage.setItem(name, v); } catch { /* private window: until reload */ } },
	};
	function useTheme(name) {
		if (name) root.dataset.theme = name;
		else delete root.dataset.theme;
		find('[data-act="theme"]')?.setAttribute("aria-label", "Theme: " + THEMES[name]);
		// The phone's own bars go with the page; left to the system they have a colour for each of its themes.
		for (const bar of document.querySelectorAll('meta[name="theme-color"]')) {
			bar.dataset.own ??= bar.content;
			bar.content = name ? getComputedStyle(root).getPropertyValue("--paper").trim() : bar.dataset.own;
		}
	}
	root.classList.add("js");
	useTheme(stored.get("hmc-theme") in THEMES ? stored.get("hmc-theme") : "");

	// The words of view/human.c: human_ago().
	function ago(s) {
		if (s < -5) return "in the future";
		if (s < 1) return "just now";
		if (s < 60) return s + " s ago";
		if (s < 3600) return Math.floor(s / 60) + " min ago";
		if (s < 172800) return Math.floor(s / 3600) + " h ago";
		return Math.floor(s / 86400) + " d ago";
	}
	function tick() {
		if (document.hidden) return;
		for (const t of document.querySelectorAll("time[data-ago]")) {
			const text = ago(Math.floor((Date.now() + ahead - Date.parse(t.dateTime)) / 1000));
			if (!text.includes("NaN") && t.textContent !== text) t.textContent = text;
		}
	}

	function notice(text, mustBeSeen) {
		const line = find(".notice");
		if (line.textContent !== text) line.textContent = text;
		line.classList.toggle("shown", mustBeSeen);
	}
	// What the page says of itself goes to the tab, too.
	function tab(status, title) {
		const icon = find('link[rel="icon"]');
		if (title) document.title = title + " · Mission Control";
		if (icon && status && status !== "info") icon.href = icon.href.replace(/favicon-\w+/, "favicon-" + status);
	}
	function adopt(pane, isFirst) {
		const { status, title, says, now } = pane.dataset, made = find("main > .foot time");
		if (now) ahead = Date.parse(now) - Date.now();
		if (now && made) { made.dateTime = now; made.textContent = now.slice(11, 19) + " UTC"; }
		tab(status, title);
		notice(isFirst ? "" : says || "", false);
	}
	// What is not known any more is not claimed any more.
	const forget = () => tab("unknown", "(?) " + (find(".pane").dataset.title || "").replace(/^\([^)]*\) /, ""));

	// Everything a visitor can stand on, by what means the same before and after: its nearest key, its kind, its name.
	function places(pane) {
		const all = new Map();
		for (const e of pane.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex]")) {
			const name = [e.closest("[data-key]")?.dataset.key, e.tagName, e.getAttribute("name") || e.getAttribute("href") || e.getAttribute("aria-label")].join("|");
			let n = 1;
			while (all.has(name + "|" + n)) n++;
			all.set(name + "|" + n, e);
		}
		return all;
	}
	function isDirty(field) {
		if (field.tagName === "SELECT") return field.selectedIndex !== Math.max(0, [...field.options].findLastIndex((o) => o.defaultSelected));
		return field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
	}
	function carryOver(was, is) {
		for (const [name, field] of was) {
			const same = field.matches("input, select, textarea") && isDirty(field) && is.get(name);
			if (same) Object.assign(same, { value: field.value, checked: field.checked });
		}
	}
	// Where the focus was; where that is gone, the nearest thing that is left, first after it, then before.
	function refocus(names, at, is) {
		for (let far = 0; far < names.length; far++)
			for (const i of [at + far, at - far]) {
				const e = is.get(names[i]);
				e?.focus({ preventScroll: far === 0 });
				if (e && document.activeElement === e) return;
			}
		find("main").focus({ preventScroll: true });
	}
	// What is looked at stays where it is on the screen, though lines above it come and go: the place of
	// the focus first, else whatever is uppermost in sight.
	function anchorsOf(pane, at) {
		if (scrollY === 0) return [];
		const own = pane.contains(at) && at.closest("[data-key]");
		return [own, ...pane.querySelectorAll("[data-key]")].filter((e) => e && e.getClientRects().length)
			.map((e) => ({ key: e.dataset.key, top: e.getBoundingClientRect().top })).filter(({ top }) => top >= 0 && top < innerHeight);
	}
	function hold(anchors, pane) {
		const keyed = new Map([...pane.querySelectorAll("[data-key]")].map((e) => [e.dataset.key, e]));
		const held = anchors.find(({ key }) => keyed.has(key));
		if (held) scrollBy(0, keyed.get(held.key).getBoundingClientRect().top - held.top);
	}

	const scrollers = (pane) => [...pane.querySelectorAll("[data-key], nav")].map((e) => [e.dataset.key || e.getAttribute("aria-label"), e]);

	function swap(fresh) {
		const old = find(".pane"), at = document.activeElement, top = scrollY, anchors = anchorsOf(old, at);
		const was = places(old), is = places(fresh), stood = old.contains(at) ? [...was.values()].indexOf(at) : -1;
		const open = new Map([...old.querySelectorAll("details[data-key]")].map((d) => [d.dataset.key, d.open]));
		const aside = new Map(scrollers(old).filter(([, e]) => e.scrollLeft).map(([name, e]) => [name, e.scrollLeft]));
		for (const d of fresh.querySelectorAll("details[data-key]")) d.open = open.get(d.dataset.key) ?? d.open;
		carryOver(was, is);
		old.replaceWith(fresh);
		for (const [name, e] of scrollers(fresh)) if (aside.has(name)) e.scrollLeft = aside.get(name);
		scrollTo(scrollX, top);
		hold(anchors, fresh);
		if (stood >= 0) refocus([...was.keys()], stood, is);
		adopt(fresh, false);
		tick();
	}
	// Badges of panes and instances: link by link, so that focus and scrolling stay.
	function swapBadges(page) {
		for (const list of [".nav", ".switch"]) {
			const links = document.querySelectorAll(list + " a");
			page.querySelectorAll(list + " a").forEach((a, i) => {
				if (links[i]?.href === a.href && links[i].innerHTML !== a.innerHTML) links[i].replaceChildren(...a.childNodes);
			});
		}
	}

	// What is said of new readings that somebody asked for.
	function swapAsked(page) {
		const was = find(".asked"), is = page.querySelector(".asked");
		if (!was || !is) return;
		if (was.innerHTML !== is.innerHTML) was.replaceChildren(...is.childNodes);
		was.toggleAttribute("data-waits", is.hasAttribute("data-waits"));
	}

	const isText = (e) => e.isContentEditable || (e.matches("input, textarea, select") && !/^(checkbox|radio|button|submit)$/.test(e.type));
	// Not under somebody's hands: a text being marked or written, a button being pressed.
	function mayswap() {
		const marked = getSelection(), pane = find(".pane"), at = document.activeElement;
		return !document.hidden && performance.now() - pressedAt > PRESS_MS && !(pane.contains(at) && isText(at)) &&
			!(marked && !marked.isCollapsed && pane.contains(marked.anchorNode));
	}
	async function refresh(byHand) {
		const href = find("main").dataset.part;
		if (!href || busy || (!byHand && !mayswap())) return;
		busy = true;
		find('[data-act="refresh"]')?.setAttribute("aria-busy", "true");
		try {
			const answer = await fetch(href, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(12000) });
			if (answer.type === "opaqueredirect" || answer.status === 401) return location.reload(); // signed out meanwhile
			if (answer.status !== 304) {
				const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
				const fresh = page && page.querySelector(".pane");
				if (!fresh) throw new Error("status " + answer.status);
				if (!byHand && !mayswap()) return; // taken up meanwhile: the next one will do
				etag = answer.headers.get("ETag");
				swapBadges(page);
				swapAsked(page);
				swap(document.adoptNode(fresh));
			} else {
				tab(find(".pane").dataset.status, find(".pane").dataset.title); // known after all, if that was in doubt
				notice("", false);
			}
		} catch {
			notice("This page could not be refreshed; what it shows is getting old.", true);
			forget();
		} finally {
			busy = false;
			find('[data-act="refresh"]')?.removeAttribute("aria-busy");
		}
	}

	// Asks for new readings, then shows what there is; the rest comes by itself.
	async function ask(form) {
		let why = "New readings could not be asked for.";
		try {
			const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", signal: AbortSignal.timeout(12000) });
			why = answer.type === "opaqueredirect" ? "" : new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".error p")?.textContent || why;
		} catch { /* said below */ }
		await refresh(true);
		if (why) notice(why, true);
	}

	async function copy(button) {
		const code = button.parentElement.querySelector("code"), was = button.textContent;
		try {
			await navigator.clipboard.writeText(code.textContent);
			button.textContent = "Copied";
			notice("Copied", false);
			setTimeout(() => { button.textContent = was; }, 2000);
		} catch {
			getSelection().selectAllChildren(code); // not allowed: leave it ready to be copied by hand
		}
	}

	// An address that names a reading's evidence opens it; browsers that do so by themselves find it open.
	function reveal() {
		const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1)), fold = named && named.closest("details");
		if (!fold || fold.open) return;
		fold.open = true;
		named.scrollIntoView();
	}

	// Keys of one character: never while something is written, and not for whom they are in the way.
	function useKey(event) {
		const go = performance.now() < chordUntil && find(`[data-go="${CSS.escape(event.key)}"]`);
		const search = event.key === "/" && find('main input[type="search"]'), help = event.key === "?" && find("dialog");
		chordUntil = event.key === "g" ? performance.now() + CHORD_MS : 0;
		if (!go && !search && !help) return;
		event.preventDefault();
		if (go) go.click();
		else if (help) help.showModal();
		else { search.focus(); search.select(); }
	}
	document.addEventListener("keydown", (event) => {
		const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing && !event.repeat;
		if (isPlain && !isText(event.target) && !find("dialog[open]") && stored.get("hmc-keys") !== "off") useKey(event);
	});
	document.addEventListener("pointerdown", () => { pressedAt = performance.now(); });

	const acts = {
		copy,
		refresh: (link, event) => {
			if (!find(".pane") || !find("main").dataset.part) return;
			event.preventDefault();
			if (link.form) ask(link.form);
			else refresh(true);
		},
		theme: () => {
			const names = Object.keys(THEMES), next = names[(names.indexOf(root.dataset.theme || "") + 1) % names.length];
			stored.set("hmc-theme", next);
			useTheme(next);
		},
		help: (link, event) => { event.preventDefault(); find("dialog").showModal(); },
		close: (link, event) => { event.preventDefault(); find("dialog").close(); },
		keys: (box) => stored.set("hmc-keys", box.checked ? "" : "off"),
	};
	document.addEventListener("click", (event) => {
		const button = event.target.closest("[data-act]");
		if (button) acts[button.dataset.act]?.(button, event);
	});
	addEventListener("hashchange", reveal);
	document.addEventListener("visibilitychange", () => {
		clearTimeout(forgetting);
		if (!find(".pane")) return;
		if (document.hidden) forgetting = setTimeout(forget, FORGET_MS);
		else refresh(false);
	});
	document.addEventListener("DOMContentLoaded", () => {
		const pane = find(".pane"), box = find('[data-act="keys"]');
		useTheme(root.dataset.theme || "");
		if (box) box.checked = stored.get("hmc-keys") !== "off";
		if (!pane) return;
		adopt(pane, true);
		reveal();
		setInterval(tick, TICK_MS);
		setInterval(() => refresh(false), EVERY_MS);
		setInterval(() => { if (find(".asked[data-waits]")) refresh(false); }, ASKED_MS);
	});
})();
