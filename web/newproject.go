package web

import "net/http"

func (s *Server) newProject(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) createProject(http.ResponseWriter, *http.Request) error { return errNoPage }
