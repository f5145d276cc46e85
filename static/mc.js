/*
 * Mission Control: keeps a page current. Every page works without it.
 *
 * Loaded in the head without defer, so that the remembered theme is there
 * before anything is painted; the rest waits for the document.
 */
"use strict";
(() => {
	const EVERY_MS = 15000, TICK_MS = 1000;
	const THEMES = { "": "as the system", light: "light", dark: "dark" };
	const root = document.documentElement;
	let etag = null, busy = false, ahead = 0; // ahead: the server's clock minus ours

	const stored = {
		get: () => { try { return localStorage.getItem("hmc-theme") || ""; } catch { return ""; } },
		set: (v) => { try { localStorage.setItem("hmc-theme", v); } catch { /* private window: until reload */ } },
	};
	function useTheme(name) {
		if (name) root.dataset.theme = name;
		else delete root.dataset.theme;
		document.querySelector('[data-act="theme"]')?.setAttribute("aria-label", "Theme: " + THEMES[name]);
	}
	root.classList.add("js");
	useTheme(stored.get() in THEMES ? stored.get() : "");

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
		const line = document.querySelector(".notice");
		if (line.textContent !== text) line.textContent = text;
		line.classList.toggle("shown", mustBeSeen);
	}
	// What the page says of itself goes to the tab, too.
	function adopt(pane, isFirst) {
		const { status, title, says, now } = pane.dataset, icon = document.querySelector('link[rel="icon"]');
		if (now) ahead = Date.parse(now) - Date.now();
		if (title) document.title = title + " · Mission Control";
		if (icon && status && status !== "info") icon.href = icon.href.replace(/favicon-\w+/, "favicon-" + status);
		notice(isFirst ? "" : says || "", false);
	}

	// An element that means the same before and after: its nearest key, its kind, its words.
	const nameOf = (e) => [e.closest("[data-key]")?.dataset.key, e.tagName, e.getAttribute("href") || e.getAttribute("aria-label")].join("|");
	function swap(fresh) {
		const old = document.querySelector(".pane"), at = document.activeElement, top = scrollY;
		const focused = old.contains(at) ? nameOf(at) : null;
		const open = new Set([...old.querySelectorAll("details[open]")].map((d) => d.dataset.key));
		const aside = new Map([...old.querySelectorAll("[data-key]")].map((e) => [e.dataset.key, e.scrollLeft]));
		for (const d of fresh.querySelectorAll("details")) d.open = open.has(d.dataset.key);
		old.replaceWith(fresh);
		for (const e of fresh.querySelectorAll("[data-key]")) if (aside.get(e.dataset.key)) e.scrollLeft = aside.get(e.dataset.key);
		if (focused) [...fresh.querySelectorAll("a, button, summary, [tabindex]")].find((e) => nameOf(e) === focused)?.focus({ preventScroll: true });
		scrollTo(scrollX, top);
		adopt(fresh, false);
		tick();
	}
	const isSelecting = () => { const s = getSelection(); return s && !s.isCollapsed && document.querySelector(".pane")?.contains(s.anchorNode); };

	async function refresh(byHand) {
		const href = document.querySelector("main").dataset.part;
		if (!href || busy || (!byHand && (document.hidden || isSelecting()))) return;
		busy = true;
		document.querySelector('[data-act="refresh"]')?.setAttribute("aria-busy", "true");
		try {
			const answer = await fetch(href, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(12000) });
			if (answer.type === "opaqueredirect" || answer.status === 401) return location.reload(); // signed out meanwhile
			if (answer.status !== 304) {
				const text = await answer.text();
				const fresh = answer.ok && new DOMParser().parseFromString(text, "text/html").querySelector(".pane");
				if (!fresh) throw new Error("status " + answer.status);
				etag = answer.headers.get("ETag");
				swap(document.adoptNode(fresh));
			} else notice("", false);
		} catch {
			notice("This page could not be refreshed; what it shows is getting old.", true);
		} finally {
			busy = false;
			document.querySelector('[data-act="refresh"]')?.removeAttribute("aria-busy");
		}
	}

	async function copy(button) {
		const code = button.parentElement.querySelector("code"), was = button.textContent;
		try {
			await navigator.clipboard.writeText(code.textContent);
			button.textContent = "Copied";
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

	document.addEventListener("click", (event) => {
		const button = event.target.closest("[data-act]"), act = button?.dataset.act;
		if (act === "refresh" && document.querySelector(".pane") && document.querySelector("main").dataset.part) {
			event.preventDefault();
			refresh(true);
		} else if (act === "copy") {
			copy(button);
		} else if (act === "theme") {
			const names = Object.keys(THEMES), next = names[(names.indexOf(root.dataset.theme || "") + 1) % names.length];
			stored.set(next);
			useTheme(next);
		}
	});
	addEventListener("hashchange", reveal);
	document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(false); });
	document.addEventListener("DOMContentLoaded", () => {
		const pane = document.querySelector(".pane");
		useTheme(root.dataset.theme || "");
		if (!pane) return;
		adopt(pane, true);
		reveal();
		setInterval(tick, TICK_MS);
		setInterval(() => refresh(false), EVERY_MS);
	});
})();
